using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace EtcdSharp.Replica.Auth;

/// <summary>
/// Copies of one key, each used by one thread at a time: the framework does not promise that its key classes may be shared.
/// As many are kept as threads can use at once.
/// </summary>
internal sealed class KeyPool<TKey>(Func<TKey> create)
    where TKey : AsymmetricAlgorithm
{
    private readonly ConcurrentBag<TKey> _free = [];
    private int _freeCount;

    public TKey Rent()
    {
        if (!_free.TryTake(out var key))
        {
            return create();
        }

        Interlocked.Decrement(ref _freeCount);
        return key;
    }

    public void Return(TKey key)
    {
        if (Interlocked.Increment(ref _freeCount) > Environment.ProcessorCount)
        {
            Interlocked.Decrement(ref _freeCount);
            key.Dispose();
            return;
        }

        _free.Add(key);
    }
}
