namespace EtcdSharp.Raft;

/// <summary>
/// What must be stored, sent and applied now. The object belongs to the <see cref="RaftNode"/> and is filled anew by the
/// next <see cref="RaftNode.Ready"/>; messages and entries taken out of it stay valid for good.
/// </summary>
public sealed class Ready
{
    private Message[] _messages = [];
    private int _messageCount;
    private ReadState[] _readStates = [];
    private int _readStateCount;

    /// <summary>Null when unchanged.</summary>
    public SoftState? SoftState { get; internal set; }

    /// <summary>To be stored before <see cref="Messages"/> are sent; null when unchanged.</summary>
    public HardState? HardState { get; internal set; }

    /// <summary>Reads that may be served once their index is applied.</summary>
    public ReadOnlySpan<ReadState> ReadStates => _readStates.AsSpan(0, _readStateCount);

    /// <summary>To be stored before <see cref="Messages"/> are sent.</summary>
    public ReadOnlyMemory<Entry> Entries { get; internal set; }

    /// <summary>To be stored before <see cref="Messages"/> are sent; null when there is none.</summary>
    public Snapshot? Snapshot { get; internal set; }

    /// <summary>To be applied to the state machine above. In asynchronous form, for information only: the apply message has them.</summary>
    public ReadOnlyMemory<Entry> CommittedEntries { get; internal set; }

    /// <summary>
    /// To be sent. In asynchronous form they may be sent at once, and those to <see cref="RaftIds.LocalAppendThread"/> and
    /// <see cref="RaftIds.LocalApplyThread"/> go to these threads, in order.
    /// </summary>
    public ReadOnlySpan<Message> Messages => _messages.AsSpan(0, _messageCount);

    /// <summary>The storage must be synced: an entry, the term or the vote is new. A new commit index alone need not be.</summary>
    public bool MustSync { get; internal set; }

    internal void TakeMessages(ref Message[] messages, ref int count)
    {
        Array.Clear(_messages, 0, _messageCount);
        (_messages, messages) = (messages, _messages);
        _messageCount = count;
        count = 0;
    }

    internal void AddMessage(Message message)
    {
        if (_messageCount == _messages.Length)
        {
            Array.Resize(ref _messages, Math.Max(4, _messages.Length * 2));
        }

        _messages[_messageCount++] = message;
    }

    internal void TakeReadStates(ref ReadState[] readStates, ref int count)
    {
        Array.Clear(_readStates, 0, _readStateCount);
        (_readStates, readStates) = (readStates, _readStates);
        _readStateCount = count;
        count = 0;
    }
}
