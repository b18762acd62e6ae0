// The relay that a good engineer writes in an hour, as the baseline of the process bars: a slim ASP.NET Core host, HttpClient on both
// sides, AWSSDK.Core's event-stream decoder and signer, SseParser, one flush per event. It does what the bars measure and no more: no
// keys, no errors, no repair.
using NaiveRelay;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders();
builder.Services.AddSingleton(new HttpClient { Timeout = Timeout.InfiniteTimeSpan });
builder.Services.AddSingleton<SageMaker>();
builder.Services.AddHostedService<RuntimeLoop>();
var app = builder.Build();
app.MapGet("/healthz", () => "ok");
app.Run();
