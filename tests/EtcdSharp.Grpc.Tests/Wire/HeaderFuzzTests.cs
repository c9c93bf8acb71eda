using System.Text;
using EtcdSharp.Grpc.Wire;
using EtcdSharp.Harness;

namespace EtcdSharp.Grpc.Tests.Wire;

/// <summary>The texts of gRPC headers: what is written is read again, anything else is refused or kept as it stands.</summary>
public sealed class HeaderFuzzTests(ITestOutputHelper output)
{
    private const double DefaultSeconds = 1;

    [Fact]
    public void Timeouts_and_status_messages()
    {
        long timeouts = 0;
        long refused = 0;
        foreach (int seed in FuzzRun.Seeds(DefaultSeconds))
        {
            Random random = new(seed);
            string text = Timeout(random);
            bool isRead = GrpcTimeout.TryParse(text, out TimeSpan timeout);
            Assert.Equal((seed, IsWellFormed(text)), (seed, isRead));
            timeouts += isRead ? 1 : 0;
            refused += isRead ? 0 : 1;
            if (isRead)
            {
                Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan again), $"seed {seed}: {timeout}");
                Assert.True(again >= timeout, $"seed {seed}: {timeout} came back as {again}");
            }

            string message = Message(random);
            Assert.Equal((seed, message), (seed, StatusText.Decode(StatusText.Encode(message))));
            StatusText.Decode(Encoding.UTF8.GetString(FileDamage.To(Encoding.UTF8.GetBytes(StatusText.Encode(message)), random)));
        }

        output.WriteLine($"{timeouts} timeouts, {refused} refused");
        Assert.True(timeouts > 100 && refused > 100, $"{timeouts} timeouts, {refused} refused");
    }

    private static string Timeout(Random random)
    {
        string text =
            random.NextInt64(1L << random.Next(40)).ToString(System.Globalization.CultureInfo.InvariantCulture)
            + "HMSmun"[random.Next(6)];
        return random.Next(3) == 0 ? Encoding.Latin1.GetString(FileDamage.To(Encoding.Latin1.GetBytes(text), random)) : text;
    }

    private static string Message(Random random)
    {
        StringBuilder message = new();
        for (int count = random.Next(20); count > 0; count--)
        {
            message.Append(new Rune(random.Next(4) == 0 ? random.Next(0xE000, 0x10FFFF) : random.Next(1, 300)));
        }

        return message.ToString();
    }

    private static bool IsWellFormed(string text) =>
        text.Length is >= 2 and <= 9
        && text[..^1].All(char.IsAsciiDigit)
        && "HMSmun".Contains(text[^1], StringComparison.Ordinal);
}
