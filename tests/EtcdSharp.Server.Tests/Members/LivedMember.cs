using EtcdSharp.Api;
using EtcdSharp.Grpc.Contract;
using Google.Protobuf;

namespace EtcdSharp.Server.Tests.Members;

/// <summary>The files that a member leaves after a short life with snapshots, a lease, an alarm and a compaction.</summary>
internal static class LivedMember
{
    public const string StorePath = TestMember.Directory + "/member/snap/db";

    private const int PageBytes = 4096;

    /// <summary>As a killed process leaves them: the store is behind the log. What is only zeros at their ends is left out.</summary>
    public static async Task<List<(string Path, byte[] Content)>> FilesAsync()
    {
        await using var member = await TestMember.StartAsync(
            null,
            o => o with { SnapshotCount = 60, SnapshotCatchUpEntries = 20, WalSegmentBytes = MemberPowerLossTests.SegmentBytes }
        );
        var lease = await member.Channel.UnaryAsync(LeaseMethods.LeaseGrant, new LeaseGrantRequest { TTL = 1000, ID = 7 });
        for (var i = 0; i < 250; i++)
        {
            var put = new PutRequest
            {
                Key = ByteString.CopyFromUtf8($"key-{i % 60}"),
                Value = ByteString.CopyFromUtf8(new string('v', i * 7 % 900)),
                Lease = i % 9 == 0 ? lease.ID : 0,
            };
            await member.Channel.UnaryAsync(KvMethods.Put, put);
        }

        await member.Channel.UnaryAsync(
            KvMethods.DeleteRange,
            new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("key-1"), RangeEnd = ByteString.CopyFromUtf8("key-2") }
        );
        await member.Channel.UnaryAsync(KvMethods.Compact, new CompactionRequest { Revision = 100, Physical = true });
        await member.Channel.UnaryAsync(
            MaintenanceMethods.Alarm,
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                MemberID = 1,
                Alarm = AlarmType.Nospace,
            }
        );

        List<(string, byte[])> files = [];
        var disk = member.Disk.AfterProcessCrash();
        foreach (var folder in new[] { "/member/wal", "/member/snap" })
        {
            foreach (var name in disk.ListNames(TestMember.Directory + folder).Where(IsFile))
            {
                var path = $"{TestMember.Directory}{folder}/{name}";
                files.Add((path, UpToTheZeros(disk.ReadAllBytes(path))));
            }
        }

        return files;
    }

    private static bool IsFile(string name) =>
        name is "db" || name.EndsWith(".wal", StringComparison.Ordinal) || name.EndsWith(".snap", StringComparison.Ordinal);

    private static byte[] UpToTheZeros(byte[] content)
    {
        var used = content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        return content[..Math.Min(content.Length, ((used / PageBytes) + 2) * PageBytes)];
    }
}
