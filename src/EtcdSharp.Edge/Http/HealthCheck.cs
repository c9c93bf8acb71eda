using EtcdSharp.Api;

namespace EtcdSharp.Edge.Http;

/// <summary>One check of <c>/livez</c> or <c>/readyz</c>: a name, and the error's text or null.</summary>
internal sealed record HealthCheck(string Name, Func<IMemberState, CancellationToken, ValueTask<string?>> Run)
{
    public static readonly HealthCheck SerializableRead = new(
        "serializable_read",
        (member, cancellation) => member.ProbeReadAsync(serializable: true, cancellation)
    );

    public static readonly HealthCheck LinearizableRead = new(
        "linearizable_read",
        (member, cancellation) => member.ProbeReadAsync(serializable: false, cancellation)
    );

    public static readonly HealthCheck DataCorruption = new(
        "data_corruption",
        (member, _) =>
            ValueTask.FromResult<string?>(
                member.Alarms.Any(alarm => alarm.Alarm == AlarmType.Corrupt) ? "alarm activated: CORRUPT" : null
            )
    );

    public static readonly HealthCheck NonLearner = new(
        "non_learner",
        (member, _) => ValueTask.FromResult<string?>(member.IsLearner ? "not supported for learner" : null)
    );
}
