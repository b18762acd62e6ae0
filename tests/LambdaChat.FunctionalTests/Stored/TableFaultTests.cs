using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>
/// A table that fails in the middle of a reply and recovers. The live stream continues, and the store has the whole reply.
/// </summary>
public sealed class TableFaultTests(FunctionFixture function, TableFunction table) : IClassFixture<TableFunction>
{
    public static TheoryData<string> Faults => [.. Enum.GetNames<TableProxy.Fault>()];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Table_ThatComesBack_HasTheWholeReply(string fault)
    {
        await using var proxy = await TableProxy.StartAsync(table.Table.Address);
        await using var lambda = await table.StartAsync(
            options => options, ("AWS_ENDPOINT_URL_DYNAMODB", proxy.Address.ToString()));
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var gate = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request($$"""{"tokens":6,"gate":"{{gate}}"}""", """{"stream":true,"background":true}""");
        using var live = await RawStream.StartAsync(client, "POST", "v1/responses", request);
        var read = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            read.Add((await live.ReadAsync())!); // A response in the background starts when the table has it.
        }

        proxy.Current = Enum.Parse<TableProxy.Fault>(fault);
        function.Emulator.Gates.Open(gate, 4);
        for (var i = 0; i < 5; i++)
        {
            read.Add((await live.ReadAsync())!);
        }

        if (proxy.Current != TableProxy.Fault.None)
        {
            await proxy.Failed;
        }

        proxy.Current = TableProxy.Fault.None;
        var id = (string)JsonNode.Parse(read[0].Split("data: ")[1])!["response"]!["id"]!;
        using var reader = await RawStream.StartAsync(table.Client, "GET", $"v1/responses/{id}?stream=true");
        for (var i = 0; i < read.Count; i++)
        {
            Assert.Equal(read[i], await reader.ReadAsync()); // Waits until the table has what it missed.
        }

        // The table may have a part before the function knows that. The next part follows only then, and the earlier call no longer
        // counts as stuck at the end.
        function.Emulator.Gates.Open(gate, 1);
        read.Add((await live.ReadAsync())!);
        Assert.Contains("event: response.output_text.delta\n", read[^1], StringComparison.Ordinal);
        Assert.Equal(read[^1], await reader.ReadAsync());
        function.Emulator.Gates.Open(gate, 100);
        read.AddRange(await live.ReadToEndAsync());

        Assert.Contains("event: response.completed\n", read[^2], StringComparison.Ordinal);
        Assert.Contains("\"store\":true", read[^2], StringComparison.Ordinal);
        Assert.Equal(read[9..], await reader.ReadToEndAsync());
    }
}
