using EtcdSharp.Api.Authpb;
using EtcdSharp.Replica.Auth;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Auth;

/// <summary>Against a model that knows nothing of ranges: every key of a small world is asked for by itself.</summary>
public sealed class KeyRangesTests
{
    /// <summary>All keys of one and two letters out of three, in order: the bounds of permissions and requests.</summary>
    private static readonly byte[][] s_keys =
    [
        .. from first in "abc" from second in " abc" select second == ' ' ? new[] { (byte)first } : [(byte)first, (byte)second],
    ];

    /// <summary>Those and, for all keys between one and the next, the first of them.</summary>
    private static readonly byte[][] s_world = [.. s_keys.SelectMany(key => new byte[][] { key, [.. key, 0] })];

    [Fact]
    public void A_request_is_covered_when_each_of_its_keys_is()
    {
        var (covered, refused) = (0, 0);
        for (var seed = 1; seed <= 20_000; seed++)
        {
            var random = new Random(seed);
            var permissions = Enumerable.Range(0, random.Next(5)).Select(_ => RandomPermission(random)).ToList();
            var ranges = KeyRanges.Of(permissions);
            var (key, end) = RandomRange(random);
            var asked = s_world.Where(one => Contains(key, end, one)).ToList();
            var expected =
                asked.TrueForAll(one => permissions.Exists(granted => Contains(granted, one))) && ReachesEnd(permissions, end);
            var told = ranges.Cover(key, end);
            Assert.True(expected == told, $"seed {seed}: [{Text(key)}, {Text(end)}) of {string.Join(' ', permissions)}: {told}");
            covered += told ? 1 : 0;
            refused += told ? 0 : 1;
        }

        Assert.True(covered > 1000 && refused > 1000, $"{covered} covered, {refused} refused");
    }

    [Fact]
    public void Ranges_that_touch_permit_together_what_neither_permits_alone()
    {
        var ranges = KeyRanges.Of([Permit("a", "b"), Permit("b", "c")]);
        Assert.True(ranges.Cover("a"u8, "c"u8));
        Assert.True(ranges.Cover("az"u8, "ba"u8));
        Assert.False(ranges.Cover("a"u8, "c\0"u8));
        Assert.False(ranges.Cover("c"u8, default));
    }

    [Fact]
    public void Only_an_open_end_covers_an_open_end()
    {
        Assert.False(KeyRanges.Of([Permit("a", "z")]).Cover("a"u8, "\0"u8));
        Assert.True(KeyRanges.Of([Permit("a", "\0")]).Cover("b"u8, "\0"u8));
        Assert.True(KeyRanges.Of([Permit("\0", "\0")]).Cover("\0"u8, "\0"u8));
        Assert.False(KeyRanges.Of([Permit("b", "\0")]).Cover("a"u8, "\0"u8));
    }

    [Fact]
    public void A_key_covers_itself_and_what_cannot_be_between()
    {
        var ranges = KeyRanges.Of([Permit("k", "")]);
        Assert.True(ranges.Cover("k"u8, default));
        Assert.True(ranges.Cover("k"u8, "k\0"u8));
        Assert.False(ranges.Cover("k"u8, "k\0\0"u8));
        Assert.False(ranges.Cover("k\0"u8, default));
        Assert.False(KeyRanges.None.Cover("k"u8, default));
    }

    private static Permission RandomPermission(Random random)
    {
        var (key, end) = RandomRange(random);
        return new Permission { Key = ByteString.CopyFrom(key), RangeEnd = ByteString.CopyFrom(end) };
    }

    /// <summary>Never empty: of those the model would say that nothing forbids them.</summary>
    private static (byte[] Key, byte[] End) RandomRange(Random random)
    {
        var first = random.Next(s_keys.Length);
        return random.Next(4) switch
        {
            0 => (s_keys[first], []),
            1 => (s_keys[first], [0]),
            _ when first + 1 < s_keys.Length => (s_keys[first], s_keys[random.Next(first + 1, s_keys.Length)]),
            _ => (s_keys[first], []),
        };
    }

    private static bool Contains(Permission permission, byte[] key) =>
        Contains(permission.Key.ToByteArray(), permission.RangeEnd.ToByteArray(), key);

    private static bool Contains(byte[] from, byte[] end, byte[] key) =>
        end.Length == 0
            ? key.AsSpan().SequenceEqual(from)
            : key.AsSpan().SequenceCompareTo(from) >= 0 && (end is [0] || key.AsSpan().SequenceCompareTo(end) < 0);

    private static bool ReachesEnd(List<Permission> permissions, byte[] end) =>
        end is not [0] || permissions.Exists(granted => granted.RangeEnd.Span is [0]);

    private static Permission Permit(string key, string end) =>
        new() { Key = ByteString.CopyFromUtf8(key), RangeEnd = ByteString.CopyFromUtf8(end) };

    private static string Text(byte[] bytes) => Convert.ToHexString(bytes);
}
