using System.Globalization;
using EtcdSharp.CommandLine;

namespace EtcdSharp.Programs.Etcdctl.Commands.Mirroring;

/// <summary>Prints how much was copied, twice a minute.</summary>
internal sealed class MirrorProgress : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly Timer timer;

    public MirrorProgress(Mirror mirror, Output output) =>
        timer = new Timer(
            _ =>
            {
                output.WriteLine(mirror.Copied.ToString(CultureInfo.InvariantCulture));
                output.Flush();
            },
            null,
            s_interval,
            s_interval
        );

    public void Dispose() => timer.Dispose();
}
