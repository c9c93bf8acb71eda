using System.Text;
using EtcdSharp.Platform.Logging;

namespace EtcdSharp.Server.Tests.Logging;

public sealed class LogSinkTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void LinesComeOutInOrder()
    {
        using var output = new SwitchedStream();
        using var sink = new LogSink(output, Notice);
        const int lines = 2_000;
        for (var i = 0; i < lines; i++)
        {
            sink.Add(Line(i));
        }

        sink.Close(s_patience);
        Assert.Equal(Enumerable.Range(0, lines).Select(i => $"line {i}"), output.Lines());
    }

    [Fact]
    public void AReaderThatStandsStillHoldsUpNobodyAndIsToldWhatItMissed()
    {
        using var output = new SwitchedStream();
        output.Hold();
        using var sink = new LogSink(output, Notice);
        sink.Add(Line(0));
        output.WaitUntilHeld(s_patience);
        var before = LogSink.DroppedTotal;

        // The one that is being written has left the queue, which is filled to its bound and beyond.
        var line = Encoding.ASCII.GetBytes(new string('x', 999) + "\n");
        var fitting = LogSink.QueueBytesMax / line.Length;
        for (var i = 0; i < fitting + 5; i++)
        {
            sink.Add(line);
        }

        Assert.Equal(5, LogSink.DroppedTotal - before);
        output.Go();
        sink.Add("after\n"u8);
        sink.Close(s_patience);
        var lines = output.Lines();
        Assert.Equal("line 0", lines[0]);
        Assert.Equal(fitting, lines.Count(one => one.StartsWith('x')));

        // What came after is lost, too, where the queue was still full: then the notice counts it.
        var told = lines.Single(one => one.StartsWith("dropped ", StringComparison.Ordinal));
        Assert.Equal(lines.Contains("after") ? "dropped 5" : "dropped 6", string.Join(' ', told.Split(' ').Take(2)));
        Assert.Equal(fitting + 1, lines.ToList().IndexOf(told));
    }

    [Fact]
    public void WhatADiskWouldNotTakeIsWrittenWhenItDoes()
    {
        using var output = new SwitchedStream();
        output.Fail("No space left on device");
        using var sink = new LogSink(output, Notice);
        sink.Add(Line(0));
        output.WaitUntilFailed(s_patience);
        sink.Add(Line(1));
        output.Go();
        output.WaitUntilWritten("line 1", s_patience);
        sink.Close(s_patience);
        Assert.Equal(["line 0", "line 1"], output.Lines());
    }

    [Fact]
    public void TheEndWaitsNoLongerThanItMust()
    {
        // For a disk that is full, one try; for a write that hangs, the time that was given.
        using var full = new SwitchedStream();
        full.Fail("No space left on device");
        using (var sink = new LogSink(full, Notice))
        {
            sink.Add(Line(0));
            sink.Close(s_patience);
            sink.Add(Line(1));
        }

        Assert.True(full.IsDisposed);
        using var stuck = new SwitchedStream();
        stuck.Hold();
        using (var sink = new LogSink(stuck, Notice))
        {
            sink.Add(Line(0));
            stuck.WaitUntilHeld(s_patience);
            sink.Close(TimeSpan.FromMilliseconds(1));
        }

        Assert.False(stuck.IsDisposed);
        stuck.Go();
    }

    [Fact]
    public void ALineThatIsLongerThanTheQueueIsToldOf()
    {
        using var output = new SwitchedStream();
        using var sink = new LogSink(output, Notice);
        sink.Add(new byte[LogSink.QueueBytesMax + 1]);
        output.WaitUntilWritten("dropped 1 the output takes them too slowly", s_patience);
    }

    private static byte[] Line(int number) => Encoding.ASCII.GetBytes($"line {number}\n");

    private static byte[] Notice(long lines, string reason) => Encoding.ASCII.GetBytes($"dropped {lines} {reason}\n");
}
