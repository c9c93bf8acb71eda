using EtcdSharp.Platform;

namespace EtcdSharp.Storage.Bolt;

/// <summary>A map shared by the committed states that were published while it was the current one. Counted under the file's state lock.</summary>
internal sealed unsafe class MappedFile
{
    private readonly IFileMap _map;
    private int _users;

    public MappedFile(IFileMap map)
    {
        _map = map;
        Address = map.Address;
        Length = map.Length;
    }

    public byte* Address { get; }

    public long Length { get; }

    public void Acquire() => _users++;

    /// <summary>Unmaps what no state came to use.</summary>
    public void Discard() => _map.Dispose();

    public void Release()
    {
        if (--_users == 0)
        {
            _map.Dispose();
        }
    }
}
