namespace EtcdSharp.Client;

/// <summary>Keys as code that runs atomically sees them, its own writes included. For one thread at a time.</summary>
public interface IAtomicScope
{
    /// <summary>The value of a key; null where it is not there.</summary>
    ValueTask<EtcdBytes?> GetAsync(EtcdBytes key);

    /// <summary>The revision that last changed a key; 0 where it is not there.</summary>
    ValueTask<long> ModRevisionAsync(EtcdBytes key);

    /// <summary>Writes a key at the end.</summary>
    void Put(EtcdBytes key, EtcdBytes value, PutOptions? options = null);

    /// <summary>Deletes a key at the end.</summary>
    void Delete(EtcdBytes key);
}
