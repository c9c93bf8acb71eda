namespace EtcdSharp.Client.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void AConnectionStringSaysAll()
    {
        var options = EtcdClientOptions.Parse(
            "http://a:2379, b:2379;user=u;password=p=;;x;namespace=/x;timeout=1.5;connect-timeout=2;keepalive-time=7;keepalive-timeout=3;attempts=5"
        );
        Assert.Equal(["http://a:2379", "b:2379"], options.Endpoints);
        Assert.Equal("u", options.User);
        Assert.Equal("p=;x", options.Password);
        Assert.Equal("/x", options.Namespace.ToString());
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(2), options.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(7), options.KeepAliveTime);
        Assert.Equal(TimeSpan.FromSeconds(3), options.KeepAliveTimeout);
        Assert.Equal(5, options.AttemptsMax);
    }

    [Theory]
    [InlineData(";user=u")]
    [InlineData("a:1;colour=blue")]
    [InlineData("a:1;user")]
    [InlineData("a:1;timeout=soon")]
    [InlineData("a:1;timeout=0")]
    [InlineData("a:1;attempts=-1")]
    [InlineData("a:1;key=file.pem")]
    public void WhatItDoesNotMeanIsRefused(string text) => Assert.Throws<FormatException>(() => EtcdClientOptions.Parse(text));

    [Fact]
    public void FilesThatAreNotThereAreNamed()
    {
        var failure = Assert.ThrowsAny<IOException>(() => EtcdClientOptions.Parse("a:1;ca=/nowhere/ca.pem"));
        Assert.Contains("/nowhere/ca.pem", failure.Message, StringComparison.Ordinal);
        failure = Assert.ThrowsAny<IOException>(() => EtcdClientOptions.Parse("a:1;cert=/nowhere/me.pem"));
        Assert.Contains("/nowhere/me.pem", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:2379", false, "http://a:2379")]
    [InlineData("a:2379", true, "https://a:2379")]
    [InlineData("https://a:2379/", false, "https://a:2379")]
    [InlineData("unix:///run/etcd", false, "unix:///run/etcd")]
    public void EndpointsMayBeShort(string endpoint, bool tls, string address) =>
        Assert.Equal(address, Balancer.Normalize(endpoint, tls));

    [Fact]
    public void EndpointsMustBeSome()
    {
        Assert.Throws<ArgumentException>(() => Balancer.Normalize(" ", false));
        Assert.Throws<ArgumentException>(() => new EtcdClient(new EtcdClientOptions { Endpoints = [] }));
    }

    [Fact]
    public void RangesEndWhereTheyShould()
    {
        Assert.Equal("b", KeyRange.Prefix("a").End.ToString());
        Assert.Equal([1, 3], KeyRange.Prefix(new byte[] { 1, 2, 255 }).End.ToArray());
        Assert.Equal([0], KeyRange.Prefix(new byte[] { 255, 255 }).End.ToArray());
        Assert.Equal(KeyRange.All, KeyRange.Prefix(""));
        Assert.Equal(KeyRange.All, KeyRange.From(""));
        Assert.True(KeyRange.Single("a").IsSingle);
        Assert.Throws<ArgumentException>(() => KeyRange.Between("a", ""));
        Assert.Equal([(byte)'a', 0], KeyRange.Prefix("a").After("a").Start.ToArray());
    }

    [Fact]
    public void BytesAreComparedAsEtcdDoes()
    {
        EtcdBytes small = "a";
        EtcdBytes large = new byte[] { 0xff };
        Assert.True(small < large);
        Assert.True(large >= small);
        Assert.True(small == new byte[] { 97 });
        Assert.Equal("ab", (small + "b").ToString());
        Assert.Equal(small.GetHashCode(), new EtcdBytes("a").GetHashCode());
        Assert.True(new EtcdBytes("ab").StartsWith(small));
    }

    [Fact]
    public void ErrorsAreFoundInTheTable()
    {
        var failure = new EtcdException(Grpc.StatusCode.NotFound, "etcdserver: requested lease not found");
        Assert.Same(EtcdError.LeaseNotFound, failure.Error);
        Assert.Null(new EtcdException(Grpc.StatusCode.Unavailable, "connection reset").Error);
        Assert.Equal(Grpc.StatusCode.OutOfRange, new EtcdException(EtcdError.Compacted).Code);
    }
}
