using System.Text;
using EtcdSharp.Edge.Listening;
using EtcdSharp.Harness;
using EtcdSharp.Node.Peers;
using EtcdSharp.Platform.Network;
using EtcdSharp.Platform.Text;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Replica.Membership;

namespace EtcdSharp.Server.Tests.Membership;

/// <summary>What others write for a member to read, damaged: members and versions as JSON, URLs, durations, leases.</summary>
public sealed class SmallTextFuzzTests(ITestOutputHelper output)
{
    private const double DefaultSeconds = 1.5;

    private static readonly MemberInfo s_member = new(
        0x8e9e05c52164694d,
        ["http://10.0.0.1:2380", "http://10.0.0.2:2380"],
        true,
        "näme",
        ["http://10.0.0.1:2379"]
    );

    private static readonly (string Name, byte[] Sound, Func<byte[], bool> IsRead)[] s_decoders =
    [
        ("member", MemberJson.Encode(s_member), bytes => Reads(() => MemberJson.Decode(bytes))),
        ("downgrade", new DowngradeInfo(true, "3.6.0").Encode(), bytes => Reads(() => DowngradeInfo.Decode(bytes))),
        (
            "members of a peer",
            [.. "["u8, .. MemberJson.Encode(s_member), .. ","u8, .. MemberJson.Encode(s_member), .. "]"u8],
            bytes => PeerClient.DecodeMembers(bytes) is not null
        ),
        ("lease", Lease(), bytes => LeaseRecord.TryReadValue(bytes, out _)),
        ("version", "3.5.30-rc.1+git"u8.ToArray(), bytes => EtcdVersion.TryParse(Text(bytes), out _)),
        ("duration", "2h45m30.5s"u8.ToArray(), bytes => IsDuration(Text(bytes))),
        ("url of a flag", "http://[::1]:2379"u8.ToArray(), bytes => IsFlagUrl(Text(bytes))),
        ("url to listen on", "https://127.0.0.1:2379"u8.ToArray(), bytes => EdgeUrl.TryParse(Text(bytes), out _, out _)),
        ("id", "8e9e05c52164694d"u8.ToArray(), bytes => PeerProtocol.TryParseId(Text(bytes), out _)),
    ];

    [Fact]
    public void Whatever_is_in_them_is_read_or_refused()
    {
        var (read, refused) = (new long[s_decoders.Length], new long[s_decoders.Length]);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds))
        {
            var random = new Random(seed);
            var which = random.Next(s_decoders.Length);
            var (name, sound, isRead) = s_decoders[which];
            try
            {
                var tally = isRead(random.Next(10) == 0 ? sound : FileDamage.To(sound, random)) ? read : refused;
                tally[which]++;
            }
            catch (Exception unexpected)
            {
                throw new InvalidOperationException($"seed {seed}, {name}", unexpected);
            }
        }

        for (var i = 0; i < s_decoders.Length; i++)
        {
            output.WriteLine($"{s_decoders[i].Name}: {read[i]} read, {refused[i]} refused");
            Assert.True(read[i] > 10 && refused[i] > 10, $"{s_decoders[i].Name}: {read[i]} read, {refused[i]} refused");
        }
    }

    private static bool Reads<T>(Func<T> decode)
    {
        try
        {
            decode();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>A duration can be written and read again. What is written has a hundred nanoseconds at most.</summary>
    private static bool IsDuration(string text)
    {
        if (!GoDuration.TryParse(text, out var duration))
        {
            return false;
        }

        Assert.True(GoDuration.TryParse(GoDuration.Format(duration), out var again), GoDuration.Format(duration));
        Assert.InRange((again - duration).Duration().Ticks, 0, Math.Abs(duration.Ticks / 1e15) + 1);
        return true;
    }

    private static bool IsFlagUrl(string text) => EtcdUrl.TryParse(text, out var url) is null && url!.CheckBind() is null;

    private static byte[] Lease()
    {
        var bytes = new byte[LeaseRecord.ValueLengthMax];
        return bytes[..new LeaseRecord(0x326963a02758b527, 60, 30).WriteValue(bytes)];
    }
}
