namespace EtcdSharp.Mvcc.Watch;

/// <summary>What a response says when it brings no events.</summary>
internal sealed record WatchControl(
    bool Created = false,
    bool Canceled = false,
    long CompactRevision = 0,
    string CancelReason = ""
)
{
    public static readonly WatchControl WatchCreated = new(Created: true);
    public static readonly WatchControl WatchCanceled = new(Canceled: true);
    public static readonly WatchControl Progress = new();
}
