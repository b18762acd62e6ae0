using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Upstream.Errors;

public sealed class PythonObjectsTests
{
    [Theory]
    [InlineData("{'error': {'message': 'boom', 'type': 'X', 'param': None, 'code': 429}}", "boom", 429)]
    [InlineData("""{'error': {'message': "it's full", 'status': 503}}""", "it's full", 503)]
    [InlineData("""{'detail': 'a "b" \\ c'}""", """a "b" \ c""", null)]
    [InlineData("""{'detail': 'it\'s\nfull', 'x': (1, True,), 'y': b'z'}""", "it's\nfull", null)]
    [InlineData("[{'loc': ('body', 'temperature'), 'msg': 'too high'}]", "body.temperature: too high", null)]
    [InlineData("Error code: 400 - {'error': {'message': 'boom'}}", "boom", 400)]
    [InlineData("litellm.RateLimitError: Error code: 429 - {'error': {'message': 'boom', 'code': 'x'}}", "boom", 429)]
    [InlineData("Error code: 99 - {'error': 'boom'}", "Error code: 99 - {'error': 'boom'}", null)]
    [InlineData("{'detail': Undefined()}", "{'detail': Undefined()}", null)]
    [InlineData("{'detail': 'never closed", "{'detail': 'never closed", null)]
    [InlineData("{'detail': 'x', 'at': <object at 0x7f>}", "{'detail': 'x', 'at': <object at 0x7f>}", null)]
    public void Read_PythonsTextOfAnError_HasItsMessage(string text, string message, int? status)
    {
        var error = ContainerMessage.Read(text, status: null);

        Assert.Equal((message, status), (error.Message, error.Status));
    }
}
