using System.Text;
using EtcdSharp.Api;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Api.Errors;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Auth;

/// <summary>What stays of users and roles in the store file, and what counts as a change; the answers are the conformance suite's to ask for.</summary>
public sealed class AuthStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("etcdsharp-auth-").FullName;
    private readonly RecordedTokens _tokens = new();
    private BackendStore _backend;
    private AuthStore _auth;

    public AuthStoreTests()
    {
        _backend = Open();
        _auth = Load();
    }

    public void Dispose()
    {
        _backend.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Everything_is_there_again_after_a_restart()
    {
        AddRoot();
        _auth.AddRole("reader");
        _auth.GrantPermission("reader", Permit("a", "b", Permission.Types.Type.Read));
        _auth.AddUser(new AuthUserAddRequest { Name = "Ann", HashedPassword = "aGFzaA==" });
        _auth.GrantRole("Ann", "reader");
        Assert.Null(_auth.Enable());
        var before = _auth.View;

        Reopen();

        var after = _auth.View;
        Assert.True(after.IsEnabled);
        Assert.Equal(before.Revision, after.Revision);
        Assert.Equal(before.Users["Ann"].Stored, after.Users["Ann"].Stored);
        Assert.Equal("hash", after.Users["Ann"].Stored.Password.ToStringUtf8());
        Assert.Equal(before.Roles["reader"], after.Roles["reader"]);
        var ann = new Caller("Ann", after.Revision);
        Assert.Null(after.CheckRead(ann, "a"u8, default));
        Assert.Same(EtcdError.PermissionDenied, after.CheckWrite(ann, "a"u8, default));
        Assert.Equal(["Enable"], _tokens.Calls);
    }

    [Fact]
    public void A_new_store_is_at_revision_1_and_says_so_in_its_file()
    {
        Assert.Equal(1UL, _auth.View.Revision);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], _backend.Get(BackendBucket.Auth, MetaKeys.AuthRevision));
    }

    [Fact]
    public void What_is_refused_or_changes_nothing_does_not_count()
    {
        AddRoot();
        _auth.AddRole("role");
        var revision = _auth.View.Revision;
        Assert.Same(EtcdError.UserAlreadyExist, _auth.AddUser(new AuthUserAddRequest { Name = "root" }));
        Assert.Same(EtcdError.RoleAlreadyExist, _auth.AddRole("role"));
        Assert.Null(_auth.GrantRole("root", "root"));
        Assert.Same(EtcdError.RoleNotGranted, _auth.RevokeRole("root", "role"));
        Assert.Null(_auth.Enable());
        Assert.Null(_auth.Enable());
        Assert.Equal(revision, _auth.View.Revision);
        _auth.Disable();
        _auth.Disable();
        Assert.Equal(revision + 1, _auth.View.Revision);
    }

    [Fact]
    public void A_change_of_a_role_changes_what_its_users_may_do_at_once()
    {
        AddRoot();
        _auth.AddRole("role");
        _auth.AddUser(new AuthUserAddRequest { Name = "Ann" });
        _auth.GrantRole("Ann", "role");
        _auth.Enable();
        Assert.Same(EtcdError.PermissionDenied, Read("a"));
        _auth.GrantPermission("role", Permit("a", "", Permission.Types.Type.Readwrite));
        Assert.Null(Read("a"));
        _auth.GrantPermission("role", Permit("a", "", Permission.Types.Type.Write));
        Assert.Same(EtcdError.PermissionDenied, Read("a"));
        _auth.GrantPermission("role", Permit("a", "", Permission.Types.Type.Read));
        Assert.Null(Read("a"));
        _auth.DeleteRole("role");
        Assert.Same(EtcdError.PermissionDenied, Read("a"));
        Assert.Empty(_auth.View.Users["Ann"].Stored.Roles);

        EtcdError? Read(string key) =>
            _auth.View.CheckRead(new Caller("Ann", _auth.View.Revision), Encoding.UTF8.GetBytes(key), default);
    }

    [Fact]
    public void A_caller_who_was_let_in_before_the_last_change_is_refused()
    {
        AddRoot();
        _auth.Enable();
        var early = new Caller("root", _auth.View.Revision);
        Assert.Null(_auth.View.CheckWrite(early, "a"u8, default));
        _auth.AddRole("role");
        Assert.Same(EtcdError.AuthOldRevision, _auth.View.CheckWrite(early, "a"u8, default));
        Assert.Null(_auth.View.CheckAdmin(early));
    }

    [Fact]
    public void Tokens_end_with_their_user_the_password_and_authentication()
    {
        AddRoot();
        _auth.AddUser(new AuthUserAddRequest { Name = "Ann" });
        _auth.Enable();
        _auth.ChangePassword(new AuthUserChangePasswordRequest { Name = "Ann" });
        _auth.DeleteUser("Ann");
        _auth.Disable();
        Assert.Equal(["Disable", "Enable", "Forget Ann", "Forget Ann", "Disable"], _tokens.Calls);
    }

    [Fact]
    public void The_last_way_in_cannot_be_closed_while_authentication_is_on()
    {
        AddRoot();
        _auth.AddRole("root");
        _auth.Enable();
        Assert.Same(EtcdError.InvalidAuthMgmt, _auth.DeleteUser("root"));
        Assert.Same(EtcdError.InvalidAuthMgmt, _auth.RevokeRole("root", "root"));
        Assert.Same(EtcdError.InvalidAuthMgmt, _auth.DeleteRole("root"));
        _auth.Disable();
        Assert.Null(_auth.RevokeRole("root", "root"));
        Assert.Null(_auth.DeleteUser("root"));
        Assert.Null(_auth.DeleteRole("root"));
    }

    [Fact]
    public void A_user_that_cannot_be_read_is_told_by_name()
    {
        _backend.Put(BackendBucket.AuthUsers, "Ann"u8, [0xFF]);
        var failure = Assert.Throws<InvalidDataException>(Load);
        Assert.Contains("user Ann", failure.Message, StringComparison.Ordinal);
    }

    private static Permission Permit(string key, string end, Permission.Types.Type type) =>
        new()
        {
            Key = ByteString.CopyFromUtf8(key),
            RangeEnd = ByteString.CopyFromUtf8(end),
            PermType = type,
        };

    private void AddRoot()
    {
        Assert.Null(_auth.AddUser(new AuthUserAddRequest { Name = "root" }));
        Assert.Null(_auth.GrantRole("root", "root"));
    }

    private void Reopen()
    {
        _backend.Dispose();
        _tokens.Calls.Clear();
        _backend = Open();
        _auth = Load();
    }

    private AuthStore Load() => new(_backend, _tokens, Encoding.UTF8.GetBytes, NullLogger.Instance);

    private BackendStore Open() =>
        BackendStore.Open(SystemDisk.Instance, Path.Combine(_directory, "db"), new BackendOptions { NoSync = true });

    private sealed class RecordedTokens : ITokens
    {
        public List<string> Calls { get; } = [];

        public string NewPrefix() => "";

        public bool TryAssign(string user, ulong authRevision, string prefix, ulong index, out string token)
        {
            token = "";
            return false;
        }

        public ulong? AppliedIndexFor(string token) => null;

        public Caller? Find(string token, ulong authRevision) => null;

        public void Enable() => Calls.Add(nameof(Enable));

        public void Disable() => Calls.Add(nameof(Disable));

        public void Forget(string user) => Calls.Add($"Forget {user}");
    }
}
