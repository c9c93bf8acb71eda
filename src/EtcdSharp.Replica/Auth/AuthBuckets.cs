using System.Buffers.Binary;
using System.Text;
using EtcdSharp.Api.Authpb;
using EtcdSharp.Storage.Backend;
using Google.Protobuf;

namespace EtcdSharp.Replica.Auth;

/// <summary>The three buckets of users and roles, as etcd lays them out: names are keys, messages are values.</summary>
internal sealed class AuthBuckets(BackendStore backend)
{
    public bool ReadEnabled() => backend.Get(BackendBucket.Auth, MetaKeys.AuthEnabled) is [1];

    /// <summary>0 where there is none yet.</summary>
    public ulong ReadRevision() =>
        backend.Get(BackendBucket.Auth, MetaKeys.AuthRevision) switch
        {
            null => 0,
            { Length: sizeof(ulong) } stored => BinaryPrimitives.ReadUInt64BigEndian(stored),
            { } damaged => throw new InvalidDataException(
                $"the auth bucket has an authRevision of {damaged.Length} bytes; a revision has {sizeof(ulong)}"
            ),
        };

    public IEnumerable<KeyValuePair<string, User>> ReadUsers() => Read(BackendBucket.AuthUsers, User.Parser, "user");

    public IEnumerable<KeyValuePair<string, Role>> ReadRoles() => Read(BackendBucket.AuthRoles, Role.Parser, "role");

    public void WriteEnabled(bool enabled) => backend.Put(BackendBucket.Auth, MetaKeys.AuthEnabled, enabled ? [1] : [0]);

    public void WriteRevision(ulong revision)
    {
        Span<byte> stored = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(stored, revision);
        backend.Put(BackendBucket.Auth, MetaKeys.AuthRevision, stored);
    }

    public void WriteUser(string name, User user) => backend.Put(BackendBucket.AuthUsers, KeyOf(name), user.ToByteArray());

    public void DeleteUser(string name) => backend.Delete(BackendBucket.AuthUsers, KeyOf(name));

    public void WriteRole(string name, Role role) => backend.Put(BackendBucket.AuthRoles, KeyOf(name), role.ToByteArray());

    public void DeleteRole(string name) => backend.Delete(BackendBucket.AuthRoles, KeyOf(name));

    private IEnumerable<KeyValuePair<string, TMessage>> Read<TMessage>(
        BackendBucket bucket,
        MessageParser<TMessage> parser,
        string what
    )
        where TMessage : IMessage<TMessage> =>
        backend.List(bucket).Select(pair => KeyValuePair.Create(NameOf(pair.Key), Parse(pair, parser, what)));

    private static TMessage Parse<TMessage>(KeyValuePair<byte[], byte[]> pair, MessageParser<TMessage> parser, string what)
        where TMessage : IMessage<TMessage>
    {
        try
        {
            return parser.ParseFrom(pair.Value);
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new InvalidDataException($"the stored {what} {NameOf(pair.Key)} cannot be read: {damage.Message}", damage);
        }
    }

    private static string NameOf(byte[] key) => Encoding.UTF8.GetString(key);

    private static byte[] KeyOf(string name) => Encoding.UTF8.GetBytes(name);
}
