using System.Diagnostics;
using System.Runtime.CompilerServices;
using EtcdSharp.Harness;

namespace EtcdSharp.Storage.Fuzz;

/// <summary>
/// Files of real etcd, damaged at random: every decoder ends with a result or an error that names file and place, soon
/// and with little memory. <c>ETCDSHARP_FUZZ_SECONDS</c> sets how long each runs.
/// </summary>
internal static class FuzzCases
{
    /// <summary>Where the damaged files are.</summary>
    public const string Folder = "/fuzz";

    private const double DefaultSeconds = 1.5;

    /// <summary>Reading the sound files takes a few milliseconds; with a busy machine a thousand times as long.</summary>
    private static readonly TimeSpan s_caseMax = TimeSpan.FromSeconds(10);

    /// <summary>The largest of the files is under 1 MB; a length that is believed without being checked asks for gigabytes.</summary>
    private const long CaseBytesMax = 256L * 1024 * 1024;

    /// <param name="accepts">Whether what the seed makes of the files is read; false where it is refused as it should be.</param>
    public static void Run(
        RealFiles files,
        ITestOutputHelper output,
        Func<Random, bool> accepts,
        [CallerFilePath] string file = "",
        [CallerMemberName] string test = ""
    )
    {
        Assert.SkipUnless(files.AreThere, Programs.HowToGetRealEtcd);
        var (accepted, refused) = (0L, 0L);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds, file, test))
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            bool isAccepted;
            try
            {
                isAccepted = accepts(new Random(seed));
            }
            catch (Exception unexpected)
            {
                throw new InvalidOperationException($"seed {seed}", unexpected);
            }

            var took = Stopwatch.GetElapsedTime(began);
            Assert.True(took < s_caseMax, $"seed {seed} took {took}");
            var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
            Assert.True(allocated < CaseBytesMax, $"seed {seed} allocated {allocated} bytes");
            (accepted, refused) = isAccepted ? (accepted + 1, refused) : (accepted, refused + 1);
        }

        output.WriteLine($"{accepted + refused} damaged: {refused} refused, {accepted} read");
        Assert.True(accepted > 0 && refused > 0, $"{accepted} accepted, {refused} refused: the damage is not what it should be");
    }
}
