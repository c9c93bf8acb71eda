using System.Numerics;

namespace EtcdSharp.Storage.Bolt;

/// <summary>A set of page ids as bits: 128 kB per million pages, which are 4 GB at 4 kB each.</summary>
internal sealed class PageBitmap
{
    private const int BitsPerWord = 64;

    private ulong[] _words = [];

    public bool Contains(ulong id)
    {
        ulong word = id / BitsPerWord;
        return word < (ulong)_words.Length && (_words[word] & (1UL << (int)(id % BitsPerWord))) != 0;
    }

    /// <summary>False when it was there already.</summary>
    public bool Add(ulong id)
    {
        int word = (int)(id / BitsPerWord);
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }

        ulong bit = 1UL << (int)(id % BitsPerWord);
        bool added = (_words[word] & bit) == 0;
        _words[word] |= bit;
        return added;
    }

    /// <summary>False when it was not there.</summary>
    public bool Remove(ulong id)
    {
        ulong word = id / BitsPerWord;
        ulong bit = 1UL << (int)(id % BitsPerWord);
        if (word >= (ulong)_words.Length || (_words[word] & bit) == 0)
        {
            return false;
        }

        _words[word] &= ~bit;
        return true;
    }

    /// <summary>The first member that is not less than <paramref name="from"/>; false when there is none.</summary>
    public bool TryNext(ulong from, out ulong id)
    {
        int word = (int)Math.Min(from / BitsPerWord, (ulong)_words.Length);
        ulong mask = ulong.MaxValue << (int)(from % BitsPerWord);
        for (; word < _words.Length; word++)
        {
            ulong bits = _words[word] & mask;
            if (bits != 0)
            {
                id = ((ulong)word * BitsPerWord) + (ulong)BitOperations.TrailingZeroCount(bits);
                return true;
            }

            mask = ulong.MaxValue;
        }

        id = 0;
        return false;
    }

    /// <summary>The number of consecutive members from <paramref name="from"/> on, counted up to <paramref name="limit"/>.</summary>
    public ulong RunLength(ulong from, ulong limit)
    {
        ulong id = from;
        while (id - from < limit)
        {
            ulong word = id / BitsPerWord;
            if (word >= (ulong)_words.Length)
            {
                break;
            }

            int shift = (int)(id % BitsPerWord);
            int ones = BitOperations.TrailingZeroCount(~(_words[word] >> shift));
            int inWord = Math.Min(ones, BitsPerWord - shift);
            id += (ulong)inWord;
            if (inWord < BitsPerWord - shift)
            {
                break;
            }
        }

        return Math.Min(id - from, limit);
    }
}
