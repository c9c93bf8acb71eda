using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Storage.Backend;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Auth;

/// <summary>A log may hold names that fit no key of the store's file: real etcd lets them in.</summary>
public sealed class AuthNamesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("etcdsharp-names-").FullName;
    private readonly BackendStore _backend;
    private readonly AuthStore _auth;

    public AuthNamesTests()
    {
        _backend = BackendStore.Open(SystemDisk.Instance, Path.Combine(_directory, "db"), new BackendOptions());
        _auth = new AuthStore(_backend, new NoTokens(), static _ => [1], NullLogger.Instance);
    }

    public void Dispose()
    {
        _backend.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData('x', 1)]
    [InlineData('ö', 2)]
    [InlineData('中', 3)]
    public void The_longest_name_is_stored_and_one_longer_is_refused(char letter, int bytes)
    {
        var name = new string(letter, AuthNames.BytesMax / bytes);
        var longer = name + letter;
        Assert.Null(_auth.AddUser(new AuthUserAddRequest { Name = name, HashedPassword = "aGFzaA==" }));
        Assert.Null(_auth.AddRole(name));
        var revision = _auth.View.Revision;

        var user = _auth.AddUser(new AuthUserAddRequest { Name = longer, HashedPassword = "aGFzaA==" });
        var role = _auth.AddRole(longer);

        Assert.Equal("etcdserver: user name is longer than 32768 bytes", user?.Message);
        Assert.Equal("etcdserver: role name is longer than 32768 bytes", role?.Message);
        Assert.Equal(EtcdErrorCode.InvalidArgument, user?.Code);
        Assert.Equal(revision, _auth.View.Revision);
        _backend.ForceCommit();
        Assert.Equal([name], _auth.View.Users.Keys);
        Assert.Equal([name], _auth.View.Roles.Keys);
    }
}
