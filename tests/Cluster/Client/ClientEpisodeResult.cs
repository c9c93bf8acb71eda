using System.Globalization;

namespace EtcdSharp.Cluster.Client;

/// <summary>What an episode saw, so that one that saw nothing cannot pass.</summary>
internal sealed record ClientEpisodeResult
{
    public required int Kills { get; init; }

    public required int Done { get; init; }

    public required int NotDone { get; init; }

    public required int Unknown { get; init; }

    /// <summary>Writes of which the client did not know and that are there.</summary>
    public required int UnknownButHappened { get; init; }

    public required int Additions { get; init; }

    public required int Reads { get; init; }

    public required int Watches { get; init; }

    public required int WatchEvents { get; init; }

    public required long StreamsReopened { get; init; }

    public required int Tenures { get; init; }

    public required int LateWritesRefused { get; init; }

    /// <summary>Of these the ones whose lease ran out at the server while they could not hear of it.</summary>
    public required int LeasesRunOut { get; init; }

    public required int LeasesRevoked { get; init; }

    public required TimeSpan Lateness { get; init; }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} leaders killed; writes: {Done} done, {NotDone} not done, {Unknown} unknown of which {UnknownButHappened} happened, {Additions} additions to a counter; {Reads} reads; {Watches} watches told {WatchEvents} events, {StreamsReopened} streams opened again; the lock was held {Tenures} times, {LateWritesRefused} late holders refused of which {LeasesRunOut} by a lease that ran out, {LeasesRevoked} leases revoked; own timers late by {Lateness.TotalMilliseconds:F0} ms at most"
        );
}
