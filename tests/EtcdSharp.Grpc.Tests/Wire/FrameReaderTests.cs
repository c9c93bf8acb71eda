using System.IO.Pipelines;
using EtcdSharp.Grpc.Wire;
using Microsoft.AspNetCore.Connections;

namespace EtcdSharp.Grpc.Tests.Wire;

public sealed class FrameReaderTests
{
    public static TheoryData<Exception> WhatKestrelThrows =>
        [new ConnectionResetException("the client is gone"), new ConnectionAbortedException("the call was given up")];

    // It is called from the callbacks of a token, where an exception would be logged as nobody's.
    [Theory, MemberData(nameof(WhatKestrelThrows))]
    public void CancellingAReadOfACallThatIsGoneThrowsNothing(Exception thrown)
    {
        FrameReader frames = new();
        frames.Start(new GoneReader(thrown), null, 100);
        frames.CancelPendingRead();
    }

    private sealed class GoneReader(Exception thrown) : PipeReader
    {
        public override void CancelPendingRead() => throw thrown;

        public override bool TryRead(out ReadResult result) => throw thrown;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw thrown;

        public override void AdvanceTo(SequencePosition consumed) => throw thrown;

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw thrown;

        public override void Complete(Exception? exception = null) { }
    }
}
