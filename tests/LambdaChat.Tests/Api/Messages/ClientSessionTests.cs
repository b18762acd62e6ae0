using LambdaChat.Api.Messages.Requests;

namespace LambdaChat.Tests.Api.Messages;

public sealed class ClientSessionTests
{
    [Theory]
    [InlineData("user_5f_account_7e_session_1b-2c", "user_5f_account_7e_session_1b-2c")]
    [InlineData("user_5f_account__session_1b-2c", "user_5f_account__session_1b-2c")]
    [InlineData("session_1", "session_1")]
    [InlineData("x Session-1", "x Session-1")]
    [InlineData("""{"device_id":"5f","account_uuid":"","session_id":"1b-2c"}""", "1b-2c")]
    [InlineData("""{"session_id":"1b-2c","device_id":"5f"}""", "1b-2c")]
    [InlineData("""{"session_id":"\u0031b\ud83d"}""", "1b\ufffd")]
    public void Find_IdOfASession_ReturnsIt(string userId, string expected) => Assert.Equal(expected, ClientSession.Find(userId));

    [Theory]
    [InlineData("")]
    [InlineData("user_5f")]
    [InlineData("user_5f_session_")]
    [InlineData("session")]
    [InlineData("sessions")]
    [InlineData("obsession_1@example.com")]
    [InlineData("{")]
    [InlineData("""{"device_id":"5f","account_uuid":"session_1"}""")]
    [InlineData("""{"session_id":""}""")]
    [InlineData("""{"session_id":1}""")]
    [InlineData("""{"session_id":"a","session_id":"b"}""")]
    public void Find_IdWithoutASession_ReturnsNull(string userId) => Assert.Null(ClientSession.Find(userId));
}
