using EtcdSharp.Mvcc.Watch;

namespace EtcdSharp.Server.Edge.Grpc;

/// <summary>Splits a response that is too large for one message, between events, as the client has allowed.</summary>
internal static class WatchFragments
{
    /// <summary>
    /// Adds the messages of a response. A fragment has as many events as stay below the limit, and at least one; all
    /// but the last say that more follows.
    /// </summary>
    public static void Split(
        in WatchResponse response,
        ulong raftTerm,
        WatchMessageMarshaller marshaller,
        int bytesMax,
        List<WatchMessage> messages
    )
    {
        var count = response.Selection.Count;
        var whole = new WatchMessage(response, 0, count, IsFragment: false, raftTerm);
        if (response.Watcher is not { AllowsFragments: true } || count < 2 || marshaller.Size(whole) < bytesMax)
        {
            messages.Add(whole);
            return;
        }

        var head = marshaller.SizeOfHead(whole with { IsFragment = true });
        for (var first = 0; first < count; )
        {
            var taken = 1;
            var size = head + marshaller.Event(response, first).Length;
            while (first + taken < count)
            {
                size += marshaller.Event(response, first + taken).Length;
                if (size >= bytesMax)
                {
                    break;
                }

                taken++;
            }

            messages.Add(new WatchMessage(response, first, taken, first + taken < count, raftTerm));
            first += taken;
        }
    }
}
