using System.Text.RegularExpressions;

namespace EtcdSharp.Tidy;

/// <summary>
/// Work that nobody awaits has an owner who says what its failure means: <c>BackgroundTasks</c> in a member, a guard around the loop of
/// a thread. A task that is dropped on the floor takes its exception with it.
/// </summary>
public sealed partial class BackgroundWorkTests
{
    /// <summary>Files in which a task is let go, a continuation hung on one or a thread begun, and who owns its failure.</summary>
    private static readonly Dictionary<string, string> s_owned = new(StringComparer.Ordinal)
    {
        ["src/EtcdSharp.Edge/Listening/SharedPort.cs"] = "sorting one connection never throws: what fails is logged and closed",
        ["src/EtcdSharp.Grpc/Client/GrpcClientCall.cs"] =
            "disposes of an answer that nobody waits for; nothing hangs on its outcome",
        ["src/EtcdSharp.Client/Recipes/WaitingLine.cs"] =
            "leaves the line for a caller who has gone; failing that, the lease ends it",
        ["src/EtcdSharp.Client/Leasing/KeptLease.cs"] = "runs what the application hung on the token, which owns its failures",
        ["src/etcdctl/Commands/Watching/InteractiveWatch.cs"] = "hands any failure to the loop that reads the lines",
        ["src/etcdctl/Commands/Mirroring/MirrorProgress.cs"] = "prints a number now and then",
        ["src/EtcdSharp.Client/Leasing/KeptLease.cs#timer"] = "looks at the deadline of a lease and ends it",
        ["src/etcdctl/Commands/Checking/CheckPerfCommand.cs"] = "counts the seconds of the check",
        ["src/etcdctl/Commands/Checking/ProgressBar.cs"] = "draws how far the check is",
        ["src/EtcdSharp.Node/Peers/Streams/PeerStreamWriter.cs"] = "puts a heartbeat into a channel, which never throws",
        ["src/EtcdSharp.Mvcc/Watch/WatchCatchUpLoop.cs"] = "the loop has a guard: MemberOptions.Fatal",
        ["src/EtcdSharp.Mvcc/MvccCompaction.cs"] = "the loop has a guard: MemberOptions.Fatal",
        ["src/EtcdSharp.Node/Loops/RaftLoop.cs"] = "the loop has a guard: MemberOptions.Fatal",
        ["src/EtcdSharp.Node/Loops/LogWriter.cs"] = "the loop has a guard: MemberOptions.Fatal",
        ["src/EtcdSharp.Node/Loops/ApplyLoop.cs"] = "the loop has a guard: MemberOptions.Fatal",
        ["src/EtcdSharp.Node/Snapshots/SnapshotLoop.cs"] = "the loop has a guard: MemberOptions.Fatal",
        ["src/EtcdSharp.Edge/Identity/PasswordWorkers.cs"] =
            "what the work throws goes to the caller; anything else ends the process",
        ["src/EtcdSharp.Storage/Backend/BackendStore.cs"] =
            "a failed commit goes to BackendOptions.CommitFailed, and so to MemberOptions.Fatal",
        ["src/EtcdSharp.Storage/Wal/WalSegmentPipeline.cs"] = "whoever takes a segment tries again itself and reports",
        ["src/EtcdSharp.Platform/Logging/LogSink.cs"] = "what an output refuses is tried again or counted, never thrown",
    };

    [Fact]
    public void NoTaskIsStartedAndForgotten()
    {
        foreach (var file in Repository.SourceFiles("src"))
        {
            if (s_owned.ContainsKey(file))
            {
                continue;
            }

            var found = Forgotten().Match(File.ReadAllText(Path.Combine(Repository.Root, file)));
            Assert.False(
                found.Success,
                $"{file}: \"{found.Value.Trim()}\" has no owner; see BackgroundTasks, or say who owns it here"
            );
        }
    }

    [Fact]
    public void EveryOwnerIsStillThere()
    {
        foreach (var file in s_owned.Keys.Select(static key => key.Split('#')[0]))
        {
            Assert.True(File.Exists(Path.Combine(Repository.Root, file)), $"{file} is in the list and is no more");
        }
    }

    [Theory]
    [InlineData("_ = Task.Run(() => Work());", true)]
    [InlineData("Action a = () => _ = StopAsync();", true)]
    [InlineData("_ = CompleteAfterAlarm(request);", true)]
    [InlineData("async void Clicked()", true)]
    [InlineData("task.ContinueWith(_ => { });", true)]
    [InlineData("_thread = new Thread(Run) { IsBackground = true };", true)]
    [InlineData("timer = new Timer(Tick);", true)]
    [InlineData("_ = Task.Factory.StartNew(Work);", true)]
    [InlineData("_ = Libc.Close(descriptor);", false)]
    [InlineData("_ = flag.Set(value);", false)]
    [InlineData("await Task.Run(Work);", false)]
    [InlineData("_ = await WorkAsync();", false)]
    public void WhatIsForgottenIsRecognized(string line, bool isForgotten) =>
        Assert.Equal(isForgotten, Forgotten().IsMatch(line));

    /// <summary>A call whose name says that it goes on later, or anything of Task, thrown away; and the ways around it.</summary>
    [GeneratedRegex(
        @"\b_\s*=\s*(?!await\b)([\w.]+\.)?(Task\.(Run|Factory)|\w+Async\b|\w+After\w*)|\basync\s+void\b|\.ContinueWith\(|\bnew\s+(Thread|Timer)\(",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Forgotten();
}
