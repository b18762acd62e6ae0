using System.Net.Sockets;
using Amazon;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Upstream;

public sealed class SageMakerEndpointTests
{
    [Theory]
    [InlineData("eu-west-1", "https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/e")]
    [InlineData("cn-north-1", "https://runtime.sagemaker.cn-north-1.amazonaws.com.cn/endpoints/e")]
    [InlineData("eusc-de-east-1", "https://runtime.sagemaker.eusc-de-east-1.amazonaws.eu/endpoints/e")]
    public void Of_Region_IsTheRegionsAddress(string region, string expected) =>
        Assert.Equal(expected, SageMakerEndpoint.Of(region, "/endpoints/e").ToString());

    [Fact]
    public void Of_EachRegionOfTheSdk_HasTheSuffixOfItsPartition() =>
        Assert.All(RegionEndpoint.EnumerableAllRegions, region => Assert.Equal(
            $"https://runtime.sagemaker.{region.SystemName}.{region.PartitionDnsSuffix}/ping",
            SageMakerEndpoint.Of(region.SystemName, "/ping").ToString()));

    [Theory]
    [InlineData("https://proxy.example.com", "https://proxy.example.com/endpoints/e")]
    [InlineData("https://proxy.example.com/", "https://proxy.example.com/endpoints/e")]
    [InlineData("http://127.0.0.1:8080/sagemaker", "http://127.0.0.1:8080/sagemaker/endpoints/e")]
    [InlineData("https://proxy.example.com/a%20b/", "https://proxy.example.com/a%20b/endpoints/e")]
    public void Append_OverrideWithAPath_KeepsThePath(string address, string expected) =>
        Assert.Equal(expected, SageMakerEndpoint.Append(new Uri(address), "/endpoints/e").AbsoluteUri);

    [Fact]
    public void SetKeepAlive_Socket_DetectsADeadPeer()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        UpstreamConnections.SetKeepAlive(socket);

        Assert.NotEqual(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(30, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(5, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(3, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        if (OperatingSystem.IsLinux())
        {
            var userTimeout = new byte[sizeof(int)];
            socket.GetRawSocketOption(6, 18, userTimeout);
            Assert.Equal(45_000, BitConverter.ToInt32(userTimeout));
        }
    }
}
