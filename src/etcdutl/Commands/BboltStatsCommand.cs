using System.Globalization;
using System.Text;
using EtcdSharp.CommandLine;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class BboltStatsCommand
{
    public static Command Create(GlobalOptions options) =>
        new("stats <bbolt-file> [bucket-prefix]", "print stats of bbolt database")
        {
            Description =
                "Counts the pages, keys and bytes of all buckets, or of those whose name begins with a prefix.\n"
                + "It walks the whole file, so on a large one it takes its time.",
            CheckArguments = static (_, arguments) =>
                arguments.Count is 1 or 2 ? null : $"accepts between 1 and 2 arg(s), received {arguments.Count}",
            Run = context =>
                BboltSource.Read(
                    context.Arguments[0],
                    options,
                    (file, read) => Print(context, file, read, context.Arguments.Count > 1 ? context.Arguments[1] : "")
                ),
        };

    private static int Print(CommandContext context, BoltFile file, BoltReadTransaction read, string prefix)
    {
        var stats = new BoltBucketStats();
        var count = 0;
        var prefixBytes = Encoding.UTF8.GetBytes(prefix);
        var buckets = read.Cursor();
        for (var found = buckets.SeekFirst(); found; found = buckets.Next())
        {
            if (buckets.Key.StartsWith(prefixBytes))
            {
                if (read.Bucket(buckets.Key) is not { } bucket)
                {
                    throw new BoltCorruptionException(
                        file.Path,
                        0,
                        BoltDamage.BadBucket,
                        $"the root lists {Encoding.UTF8.GetString(buckets.Key)}, which is no bucket"
                    );
                }

                stats.Add(bucket.Stats());
                count++;
            }
        }

        var branchBytes = (stats.BranchPages + stats.BranchOverflowPages) * file.PageSize;
        var leafBytes = (stats.LeafPages + stats.LeafOverflowPages) * file.PageSize;
        context.Out.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                Aggregate statistics for {count} buckets

                Page count statistics
                	Number of logical branch pages: {stats.BranchPages}
                	Number of physical branch overflow pages: {stats.BranchOverflowPages}
                	Number of logical leaf pages: {stats.LeafPages}
                	Number of physical leaf overflow pages: {stats.LeafOverflowPages}
                Tree statistics
                	Number of keys/value pairs: {stats.Keys}
                	Number of levels in B+tree: {stats.Depth}
                Page size utilization
                	Bytes allocated for physical branch pages: {branchBytes}
                	Bytes actually used for branch data: {Share(stats.BranchBytesInUse, branchBytes)}
                	Bytes allocated for physical leaf pages: {leafBytes}
                	Bytes actually used for leaf data: {Share(stats.LeafBytesInUse, leafBytes)}
                Bucket statistics
                	Total number of buckets: {stats.Buckets}
                	Total number on inlined buckets: {Share(stats.InlineBuckets, stats.Buckets)}
                	Bytes used for inlined buckets: {Share(stats.InlineBytesInUse, stats.LeafBytesInUse)}

                """
            )
        );
        return ExitCode.Success;
    }

    private static string Share(long part, long whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{part} ({(whole == 0 ? 0 : (int)(part * 100.0f / whole))}%)");
}
