using EtcdSharp.Node.Duties;
using EtcdSharp.Replica.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtcdSharp.Server.Tests.Node;

public sealed class VersionMonitorTests
{
    /// <param name="lowest">Of the members; empty while one of them does not answer.</param>
    /// <param name="target">Of a downgrade; empty for none.</param>
    /// <param name="next">Empty to leave the version.</param>
    [Theory]
    [InlineData("", "", "", "3.0.0")]
    [InlineData("", "3.7.1", "", "3.7.0")]
    [InlineData("3.0.0", "3.6.14", "", "3.6.0")]
    [InlineData("3.6.0", "3.7.1", "", "3.7.0")]
    [InlineData("3.6.0", "", "", "")]
    [InlineData("3.7.0", "3.6.14", "", "")]
    [InlineData("3.7.0", "3.7.1", "3.6.0", "3.6.0")]
    [InlineData("3.7.0", "", "3.6.0", "")]
    [InlineData("3.7.0", "3.6.14", "3.6.0", "")]
    [InlineData("3.7.0", "3.7.1", "3.5.0", "")]
    [InlineData("3.6.0", "3.7.1", "3.6.0", "")]
    public void The_leader_sets_the_version_that_all_members_can_do_or_the_one_they_are_to_go_down_to(
        string current,
        string lowest,
        string target,
        string next
    )
    {
        var view = new ClusterView
        {
            Version = Parse(current),
            Downgrade = target.Length == 0 ? DowngradeInfo.None : new DowngradeInfo(true, target),
        };
        Assert.Equal(Parse(next), VersionMonitor.NextVersion(view, Parse(lowest), NullLogger.Instance));
    }

    private static EtcdVersion? Parse(string text) => EtcdVersion.TryParse(text, out var version) ? version : null;
}
