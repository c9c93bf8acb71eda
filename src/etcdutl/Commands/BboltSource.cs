using EtcdSharp.CommandLine;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Bolt;

namespace EtcdSharp.Programs.Etcdutl.Commands;

/// <summary>The file that a command looks into.</summary>
internal static class BboltSource
{
    /// <summary>Says in bbolt's words that there is none.</summary>
    public static void RequireFile(string path)
    {
        var problem = FileKinds.Of(path) switch
        {
            FileKind.Directory => $"failed to open source database file \"{path}\": it is a directory",
            FileKind.Special => $"failed to open source database file \"{path}\": it is a device, a pipe or a socket",
            FileKind.Missing => $"source database file \"{path}\" doesn't exist",
            _ => null,
        };
        if (problem is not null)
        {
            throw new CommandFailure(ExitCode.Error, problem);
        }
    }

    /// <summary>Runs an action on the file as last committed; damage that it meets ends the command with one line.</summary>
    public static Task<int> Read(string path, GlobalOptions options, Func<BoltFile, BoltReadTransaction, int> action)
    {
        RequireFile(path);
        try
        {
            using var file =
                StoreFile.TryOpenReadOnly(SystemDisk.Instance, path, options.LockTimeout, out var problem)
                ?? throw new CommandFailure(ExitCode.Error, problem!);
            using var read = file.BeginRead();
            return Task.FromResult(action(file, read));
        }
        catch (IOException failure)
        {
            throw new CommandFailure(ExitCode.Error, failure.Message, failure);
        }
    }

    public static string? ExactlyOne(IReadOnlyList<string> arguments) =>
        arguments.Count == 1 ? null : $"accepts 1 arg(s), received {arguments.Count}";
}
