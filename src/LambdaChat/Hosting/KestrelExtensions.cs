using System.Runtime.CompilerServices;

namespace LambdaChat.Hosting;

internal static class KestrelExtensions
{
    /// <summary>Serves HTTP with Kestrel, on the addresses of <c>URLS</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Kestrel's assemblies load only when this method is compiled.
    public static void AddKestrelServer(this WebApplicationBuilder builder) =>
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.AddServerHeader = false);
}
