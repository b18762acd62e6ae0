using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.FunctionalTests.Page;
using LambdaChat.FunctionalTests.Stored;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(PageFixture))]

namespace LambdaChat.FunctionalTests.Page;

/// <summary>
/// The chat page, served by the function and opened in Debian's <c>chromium-headless-shell</c>, which needs half the processor time of
/// Chromium, or else in Chromium. The first test that opens it starts both. The variable <c>CHROMIUM</c> names another binary. Without
/// one, tests are skipped, or fail if <c>CI</c> is true.
/// </summary>
public sealed class PageFixture : IAsyncDisposable
{
    public const string Model = "r1";
    public const string Seeing = "seeing";

    /// <summary>The largest value of <c>HOLD_SECONDS</c>: no heartbeat begins the response before the first event or error.</summary>
    internal const string LongestHold = "900";

    private const string HeadlessShell = "/usr/bin/chromium-headless-shell";
    private const int Timeout = 120_000; // Milliseconds. Generous, for a busy machine.

    // Without smooth scrolling, a wheel event moves the page at once.
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
        "--disable-smooth-scrolling", "--lang=en-US"];

    private readonly Lazy<Task> _start;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;

    public PageFixture() => _start = new Lazy<Task>(StartAsync);

    internal static string Chromium => Environment.GetEnvironmentVariable("CHROMIUM")
        ?? (File.Exists(HeadlessShell) ? HeadlessShell : "/usr/bin/chromium");

    internal SageMakerEmulator Emulator => _emulator!;

    internal Uri Url => _lambda!.Url;

    /// <summary>The address with the key, as the local command prints it.</summary>
    internal string Link => $"{Url}#key={FunctionFixture.Key}";

    internal async Task ReadyAsync()
    {
        var missing = File.Exists(Chromium) ? null : $"There is no {Chromium}: apt-get install chromium-headless-shell.";
        Assert.False(missing is not null && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipWhen(missing is not null, missing ?? "");
        await _start.Value;
    }

    /// <summary>Starts a web server with stored replies. It serves the page too.</summary>
    internal async Task<KestrelFunction> StartStoredFunctionAsync()
    {
        await ReadyAsync();
        return await KestrelFunction.StartAsync(Emulator.Address, StoredFunction.Variables(
            Emulator.Address,
            ("STORE", "memory"), ("MODELS", $$"""[{"name":"{{Model}}","endpoint":"demo"}]"""), ("HOLD_SECONDS", LongestHold)));
    }

    /// <summary>Opens the page in a new browser context: empty storage, English, desktop size.</summary>
    internal async Task<ChatPage> OpenAsync(string? url = null, Action<BrowserNewContextOptions>? configure = null)
    {
        await ReadyAsync();
        var options = new BrowserNewContextOptions
        {
            ViewportSize = new() { Width = 1200, Height = 800 },
            ServiceWorkers = ServiceWorkerPolicy.Block, // Playwright does not route the requests of a service worker.
            Permissions = ["clipboard-read", "clipboard-write"]
        };
        configure?.Invoke(options);
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(Timeout);
        var page = new ChatPage(await context.NewPageAsync());
        await page.GoToAsync(url ?? Link);
        return page;
    }

    /// <summary>Asks, and waits for the first word of "slow and steady". The rest follows when the gate opens.</summary>
    internal async Task BeginAsync(ChatPage page, string gate)
    {
        await page.ScriptAsync($$"""{"reasoning":[""],"content":["slow and steady"],"gate":"{{gate}}"}""");
        await page.SendAsync("Slow");
        Emulator.Gates.Open(gate, 2);
        await Assertions.Expect(page.Answer).ToContainTextAsync("slow");
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_lambda is not null)
        {
            await _lambda.DisposeAsync();
        }

        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
        _lambda = await FunctionFixture.StartLambdaAsync(_emulator.Address, new Log(), options => options with
        {
            MaxEnvironments = 50,
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["MODELS"] = $$"""
                    [{"name":"{{Model}}","endpoint":"demo"},{"name":"{{Seeing}}","endpoint":"demo","input":["text","image"]},
                     {"name":"pooling","endpoint":"demo","tasks":["embeddings"]},{"name":"cold-0s","endpoint":"demo","coldSeconds":0}]
                    """,
                ["HOLD_SECONDS"] = "1",
                ["HEARTBEAT_SECONDS"] = "1",
                ["RETRY_SECONDS"] = "0",
            },
        });
        Assertions.SetDefaultExpectTimeout(Timeout);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Headless = true, Args = Arguments });
    }
}
