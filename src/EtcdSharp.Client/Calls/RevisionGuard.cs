namespace EtcdSharp.Client;

/// <summary>The newest revision that has been seen: nothing older may be seen after it.</summary>
internal sealed class RevisionGuard
{
    private long newest;

    public long Newest => Volatile.Read(ref newest);

    public void Saw(long revision)
    {
        var seen = Newest;
        while (revision > seen)
        {
            var before = Interlocked.CompareExchange(ref newest, revision, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
