using EtcdSharp.Raft.Confchange;
using EtcdSharp.Raft.Tracker;

namespace EtcdSharp.Raft.Tests.Scripting;

/// <summary>A configuration changed step by step by a script.</summary>
internal sealed class ConfChangeScript
{
    private const int MaxInflightMessages = 10;

    private TrackerConfig _config = TrackerConfig.Empty;
    private ProgressMap _progress = ProgressMap.Empty;
    private ulong _lastIndex;

    public static IReadOnlyList<ConfChangeSingle> ParseChanges(string input) =>
        [
            .. input
                .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => new ConfChangeSingle(
                    word[0] switch
                    {
                        'v' => ConfChangeType.AddNode,
                        'l' => ConfChangeType.AddLearnerNode,
                        'r' => ConfChangeType.RemoveNode,
                        'u' => ConfChangeType.UpdateNode,
                        _ => throw new InvalidDataException($"unknown input: {word}"),
                    },
                    ulong.Parse(word[1..])
                )),
        ];

    public string Handle(Directive directive)
    {
        var changes = ParseChanges(directive.Input);
        var changer = new ConfigurationChanger(_config, _progress, _lastIndex++, MaxInflightMessages, 0);
        var autoLeave = directive.Arguments.Any(argument => argument is { Key: "autoleave", Values: ["true"] });
        var result = directive.Command switch
        {
            "simple" => changer.Simple(changes),
            "enter-joint" => changer.EnterJoint(autoLeave, changes),
            "leave-joint" => changes.Count > 0
                ? ConfigurationResult.Refused("this command takes no input")
                : changer.LeaveJoint(),
            _ => ConfigurationResult.Refused("unknown command"),
        };
        if (!result.IsAccepted)
        {
            return result.Refusal;
        }

        (_config, _progress) = (result.Config, result.Progress);
        return $"{_config}\n" + string.Join('\n', _progress.ToStatus().Select(status => $"{status.Id}: {status}"));
    }
}
