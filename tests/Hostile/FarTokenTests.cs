using System.Globalization;

namespace EtcdSharp.Hostile;

/// <summary>
/// A simple token names the index of the log from which on it is known. Nobody needs a password to name one that is far ahead:
/// who waits for it leaves with the call.
/// </summary>
public sealed class FarTokenTests
{
    private const int Connections = 8;
    private const int CallsPerConnection = 15_000;
    private const int CallsAtOnce = 50;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ServerKind.Ours)]
    [InlineData(ServerKind.Real)]
    public async Task WaitersLeaveWithTheirCalls(ServerKind kind)
    {
        await using var round = await AttackRound.StartAsync(kind, prepare: Users.EnableAsync);
        await round.RunAsync(() =>
            Task.WhenAll(
                Enumerable
                    .Range(0, Connections)
                    .Select(number =>
                        Task.Factory.StartNew(
                            () => Attack(round.Server.Address, number),
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            )
        );
    }

    private static void Attack(Uri address, int number)
    {
        using var connection = new Http2Connection(address, s_patience);
        var request = GrpcFrame.Of(new RangeRequest { Key = ByteString.CopyFromUtf8("k"), Serializable = true });
        for (var call = 0; call < CallsPerConnection; call++)
        {
            var index = 1_000_000_000UL + (ulong)((number * CallsPerConnection) + call);
            var token = string.Create(CultureInfo.InvariantCulture, $"aaaaaaaaaaaaaaaa.{index}");
            connection.SendCall((2 * call) + 1, "/etcdserverpb.KV/Range", [new("token", token)]);
            connection.SendData((2 * call) + 1, request, end: true);
            if (call >= CallsAtOnce)
            {
                connection.Reset((2 * (call - CallsAtOnce)) + 1);
            }

            // Settings are acknowledged when everything before them has been read, so the attack is no faster than the server.
            if (call % CallsAtOnce == 0)
            {
                connection.Settle();
            }
        }
    }
}
