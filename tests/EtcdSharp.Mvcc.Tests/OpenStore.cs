using System.Text;
using EtcdSharp.Api.Mvccpb;
using EtcdSharp.Platform;
using EtcdSharp.Storage.Backend;

namespace EtcdSharp.Mvcc.Tests;

/// <summary>A store in a folder of its own, with leases and watchers that take notes.</summary>
internal sealed class OpenStore : IDisposable
{
    private readonly bool _ownsFolder;

    public OpenStore(
        string? folder = null,
        MvccOptions? options = null,
        BackendOptions? backendOptions = null,
        IWatchNotifier? watchers = null,
        FakeLeases? leases = null
    )
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("etcdsharp-mvcc-").FullName;
        Leases = leases ?? new FakeLeases();
        Backend = BackendStore.Open(
            SystemDisk.Instance,
            Path.Combine(Folder, "db"),
            backendOptions ?? new BackendOptions { NoSync = true, CommitIntervalMs = 5 }
        );
        Store = new MvccStore(
            Backend,
            Leases,
            watchers ?? new NoWatchers(),
            options ?? new MvccOptions { CompactionPauseMs = 0 }
        );
    }

    public string Folder { get; }

    public BackendStore Backend { get; }

    public MvccStore Store { get; }

    public FakeLeases Leases { get; }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public void Put(string key, string value, long lease = 0)
    {
        var write = Store.BeginWrite();
        Assert.Equal(
            MvccStatus.Ok,
            write.Put(
                new PutCommand
                {
                    Key = Bytes(key),
                    Value = Bytes(value),
                    Lease = lease,
                }
            )
        );
        write.End();
    }

    public long Delete(string key, string end = "")
    {
        var write = Store.BeginWrite();
        var deleted = write.DeleteRange(Bytes(key), Bytes(end));
        write.End();
        return deleted;
    }

    public List<KeyValue> Range(string key, string end = "", long revision = 0)
    {
        using var result = RangeResult.Rent();
        Assert.Equal(
            MvccStatus.Ok,
            Store.Range(
                new RangeQuery
                {
                    Key = Bytes(key),
                    RangeEnd = Bytes(end),
                    Revision = revision,
                },
                result
            )
        );
        return Parse(result);
    }

    public static List<KeyValue> Parse(RangeResult result)
    {
        // Through the generated classes: so framing and encoding are checked with every read.
        var response = EtcdSharp.Api.RangeResponse.Parser.ParseFrom(result.Framed.ToArray());
        Assert.Equal(result.KeyValueCount, response.Kvs.Count);
        return [.. response.Kvs];
    }

    public void Close()
    {
        Store.Dispose();
        Backend.Dispose();
    }

    public void Dispose()
    {
        Close();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
