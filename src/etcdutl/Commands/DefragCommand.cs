using EtcdSharp.CommandLine;
using EtcdSharp.CommandLine.Flags;
using EtcdSharp.CommandLine.Text;
using EtcdSharp.Offline;
using EtcdSharp.Platform;
using EtcdSharp.Programs.Etcdutl.Printing;
using EtcdSharp.Storage;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Programs.Etcdutl.Commands;

internal static class DefragCommand
{
    public static Command Create(GlobalOptions options)
    {
        var command = new Command("defrag", "Defragments the storage of the etcd");
        var dataDir = command.Flags.String("data-dir", "", "Required. Defragments a data directory not in use by etcd.");
        dataDir.Required = true;
        dataDir.NamesDirectory = true;
        command.Run = context => Task.FromResult(Run(dataDir, options, new ConsoleLog(context.Error, "backend/defrag")));
        return command;
    }

    private static int Run(StringFlag dataDir, GlobalOptions options, ConsoleLog log)
    {
        var path = new DataDirectory(SystemDisk.Instance, dataDir.Value).StorePath;
        using var backend =
            StoreFile.TryOpen(SystemDisk.Instance, path, options.LockTimeout, out var problem)
            ?? throw Failure(dataDir, problem!);
        try
        {
            DefragmentLog.Defragment(backend, log);
            return ExitCode.Success;
        }
        catch (IOException failure)
        {
            throw Failure(dataDir, failure.Message);
        }
    }

    private static CommandFailure Failure(StringFlag dataDir, string problem) =>
        new(ExitCode.Error, $"Failed to defragment etcd data[{dataDir.Value}] ({problem})");
}
