using System.Diagnostics;
using System.Runtime.Versioning;

namespace EtcdSharp.Interop.Operation;

/// <summary>Our etcd as a process on a disk that is full, fails or takes no more: exit code 1, the reason, and nothing acknowledged is lost.</summary>
[SupportedOSPlatform("linux")]
public sealed class DiskFailureTests
{
    private const int ValueBytes = 1_000_000;

    /// <summary>Two segments of the log are reserved at the start: 2 × 64 MB; what is left is filled soon.</summary>
    private const int SmallMegabytes = 150;

    /// <summary>A segment of the log (62,500 KiB) may be so large, and the store file may not grow beyond 64 MiB.</summary>
    private const int FileKibibytesMax = 70_000;

    private const int SmallWriters = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_full_disk_ends_the_program_and_leaves_the_directory_readable()
    {
        using var small = SmallFileSystem.TryMount(SmallMegabytes);
        if (small is null)
        {
            Assert.Skip("only root may mount a small file system; as root this test runs");
            return;
        }

        var data = Path.Combine(small.Path, "data");
        var (acknowledged, output) = await PutUntilItEndsAsync(data, program: null);
        Assert.Contains("No space left on device", output, StringComparison.Ordinal);
        Assert.Contains(small.Path, output, StringComparison.Ordinal);

        // The directory can be read where it is, and taken to a larger disk.
        using var large = new ScratchDirectory();
        Directory.CreateDirectory(large.Path);
        await CopyAsync(data, large.Path);
        await AssertHasAsync(large.Path, acknowledged);
    }

    [Fact]
    public async Task A_write_that_fails_ends_the_program_and_loses_nothing_acknowledged()
    {
        using var directory = new ScratchDirectory();
        Directory.CreateDirectory(directory.Path);
        var limited = Path.Combine(directory.Path, "limited-etcd");
        await File.WriteAllTextAsync(
            limited,
            $"#!/bin/bash\ntrap '' XFSZ\nulimit -f {FileKibibytesMax}\nexec '{Programs.OurEtcd}' \"$@\"\n",
            TestContext.Current.CancellationToken
        );
        File.SetUnixFileMode(limited, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var data = Path.Combine(directory.Path, "data");

        var (acknowledged, output) = await PutUntilItEndsAsync(data, limited);

        Assert.Contains("File too large", output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(data, "member"), output, StringComparison.Ordinal);
        await AssertHasAsync(data, acknowledged);
    }

    /// <summary>The record that made the disk fail may be there after all; nothing that was answered before may be gone.</summary>
    [Theory]
    [InlineData("fdatasync", ".wal", "writing the log")]
    [InlineData("pwrite", ".wal", "writing the log")]
    [InlineData("fdatasync", "/db", "committing the store")]
    [InlineData("pwrite", "/db", "committing the store")]
    public async Task A_disk_with_an_input_output_error_ends_the_program_and_loses_nothing_acknowledged(
        string call,
        string file,
        string part
    )
    {
        Assert.SkipWhen(FailingDisk.WhyNot is not null, FailingDisk.WhyNot ?? "");
        using var directory = new ScratchDirectory();
        Directory.CreateDirectory(directory.Path);
        var disk = await FailingDisk.BuildAsync(call, file, directory.Path);
        var data = Path.Combine(directory.Path, "data");
        await using var server = await EtcdServer.StartAsync(
            ServerKind.Ours,
            new ServerOptions(DataDirectory: data, Environment: disk.Environment)
        );
        using var deadline = new CancellationTokenSource(s_patience);
        var acknowledged = new int[SmallWriters];
        var writers = Enumerable.Range(0, SmallWriters).Select(WriteAsync).ToArray();
        while (acknowledged.Any(static count => Volatile.Read(in count) < 20))
        {
            await Task.Delay(5, deadline.Token);
        }

        disk.Fail();
        await Task.WhenAll(writers);
        Assert.Equal(1, await server.StopAsync());
        Assert.Contains($"etcd: {part} failed", server.Output, StringComparison.Ordinal);
        Assert.Contains($"{call} of '{data}/member/", server.Output, StringComparison.Ordinal);
        Assert.Contains("Input/output error", server.Output, StringComparison.Ordinal);

        await using var again = await EtcdServer.StartAsync(ServerKind.Ours, new ServerOptions(DataDirectory: data));
        for (var writer = 0; writer < SmallWriters; writer++)
        {
            for (var i = 0; i < acknowledged[writer]; i++)
            {
                var found = await again.Endpoint.Range(new RangeRequest { Key = SmallKey(writer, i) });
                Assert.Equal(SmallValue(writer, i), Assert.Single(found.Kvs).Value);
            }
        }

        async Task WriteAsync(int writer)
        {
            try
            {
                while (!deadline.IsCancellationRequested)
                {
                    var i = acknowledged[writer];
                    await server.Endpoint.Put(new PutRequest { Key = SmallKey(writer, i), Value = SmallValue(writer, i) });
                    Interlocked.Increment(ref acknowledged[writer]);
                }
            }
            catch (Exception ended) when (ended is HttpRequestException or GrpcFailure or TimeoutException or IOException)
            {
                // The member is gone.
            }
        }
    }

    private static async Task<(int Acknowledged, string Output)> PutUntilItEndsAsync(string data, string? program)
    {
        await using var server = EtcdServer.Launch(ServerKind.Ours, new ServerOptions(DataDirectory: data, Program: program));
        await server.WaitUntilServingAsync();
        var acknowledged = 0;
        try
        {
            while (acknowledged < 500)
            {
                await server.Endpoint.Put(new PutRequest { Key = Key(acknowledged), Value = Value(acknowledged) });
                acknowledged++;
            }
        }
        catch (Exception ended) when (ended is HttpRequestException or GrpcFailure or TimeoutException or IOException)
        {
            var gone = await Assert.ThrowsAsync<InvalidOperationException>(server.WaitUntilServingAsync);
            Assert.Contains("ended with code 1", gone.Message, StringComparison.Ordinal);
        }

        Assert.True(acknowledged is > 0 and < 500, $"{acknowledged} writes were acknowledged:\n{server.Output}");
        Assert.Equal(1, await server.StopAsync());
        return (acknowledged, server.Output);
    }

    private static async Task AssertHasAsync(string data, int acknowledged)
    {
        await using var server = await EtcdServer.StartAsync(ServerKind.Ours, new ServerOptions(DataDirectory: data));
        for (var i = 0; i < acknowledged; i++)
        {
            var found = await server.Endpoint.Range(new RangeRequest { Key = Key(i) });
            Assert.Equal(Value(i), Assert.Single(found.Kvs).Value);
        }
    }

    private static async Task CopyAsync(string from, string to)
    {
        using var copy = Process.Start("cp", ["-r", Path.Combine(from, "member"), to]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }

    /// <summary>Some sectors long, so that half a write ends within a record.</summary>
    private static ByteString SmallValue(int writer, int i) => ByteString.CopyFromUtf8($"w{writer}-{i}".PadRight(2_500, 'v'));

    private static ByteString SmallKey(int writer, int i) => ByteString.CopyFromUtf8($"w{writer}-{i}");

    private static ByteString Key(int i) => ByteString.CopyFromUtf8($"key-{i}");

    private static ByteString Value(int i) => ByteString.CopyFromUtf8(new string((char)('a' + (i % 26)), ValueBytes));
}
