using LambdaChat.Configuration;

namespace LambdaChat.Tests.Configuration;

public sealed class ServerArgumentsTests
{
    [Theory]
    [InlineData("Unknown command key. --help lists the commands.", "key")]
    [InlineData("Unknown command URLS. --help lists the commands.", "URLS")]
    [InlineData("Unknown option --PORT. --help lists the commands.", "--PORT=8")]
    [InlineData("Unknown option --PORT. --help lists the commands.", "--URLS", "http://*:80", "--PORT", "8")]
    [InlineData("Unknown option -v. --help lists the commands.", "-v")]
    [InlineData("--URLS has no value. Write --URLS=VALUE.", "--URLS")]
    public void Check_UnknownArgument_NamesIt(string problem, params string[] args) =>
        Assert.Equal(problem, Assert.Throws<ConfigurationException>(() => ServerArguments.Check(args)).Message);

    [Theory]
    [InlineData]
    [InlineData("--urls=http://*:80", "--contentRoot=/srv", "--environment", "Production", "page_title=Chat")]
    [InlineData("--AWS_REGION=us-east-1", "--OTEL_SERVICE_NAME=chat", "--STORE_FAILURE=open", "--AWS_EXECUTION_ENV=x")]
    public void Check_Setting_IsAccepted(params string[] args) => ServerArguments.Check(args);

    [Theory]
    [InlineData(true, "help")]
    [InlineData(true, "--PORT=8", "--help")]
    [InlineData(true, "key", "-h")]
    [InlineData(false, "--PAGE_TITLE=help")]
    public void AsksForHelp_AnyPlace_IsFound(bool expected, params string[] args) =>
        Assert.Equal(expected, ServerArguments.AsksForHelp(args));
}
