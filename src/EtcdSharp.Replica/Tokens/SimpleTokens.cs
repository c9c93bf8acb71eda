using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EtcdSharp.Platform;
using EtcdSharp.Replica.Auth;

namespace EtcdSharp.Replica.Tokens;

/// <summary>
/// Tokens that mean something only to the members that applied their assignment: sixteen random letters and the index of
/// the log entry before the one that gave them, which is what real members of the same cluster write. Each member lets one
/// lapse when it has not been shown there for a while.
/// </summary>
/// <remarks>
/// The edge finds tokens on its own threads, so they are behind a gate. They stand in the order of their last use, which
/// is the order in which they lapse, since all live equally long: what has lapsed is always in front. An assignment takes
/// away more of it than it adds, so memory holds the tokens used within one lifetime and no more than
/// <see cref="TokensMax"/> of them.
/// </remarks>
internal sealed class SimpleTokens : ITokens
{
    /// <summary>
    /// A token takes about 300 bytes, so these take 80 MB. With the usual lifetime that many come from 870 authentications
    /// a second, and hashing as many passwords at the usual cost keeps more than forty cores busy. Beyond it the token that
    /// was not used for longest goes, which its user sees as its lapse: clients authenticate again.
    /// </summary>
    public const int TokensMax = 1 << 18;

    /// <summary>Lapsed tokens taken away by one assignment: some microseconds of the apply loop, and more than the one it adds.</summary>
    public const int SweptPerAssignmentMax = 64;

    private const int PrefixLetters = 16;
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private readonly Lock _gate = new();
    private readonly IClock _clock;
    private readonly IRandomness _randomness;
    private readonly int _tokensMax;
    private readonly long _timeToLiveNanoseconds;
    private readonly Dictionary<string, LinkedListNode<SimpleToken>> _byText = new(StringComparer.Ordinal);
    private readonly LinkedList<SimpleToken> _byLastUse = new();
    private bool _isEnabled;

    /// <param name="clock">Measures the time since a token's last use.</param>
    /// <param name="randomness">Must not be guessable: whoever knows a token is its user.</param>
    /// <param name="timeToLive">From the last use; without a positive one <see cref="DefaultTimeToLive"/>, as in etcd.</param>
    /// <param name="tokensMax">Tests use fewer.</param>
    public SimpleTokens(IClock clock, IRandomness randomness, TimeSpan timeToLive, int tokensMax = TokensMax)
    {
        _clock = clock;
        _randomness = randomness;
        _tokensMax = tokensMax;
        _timeToLiveNanoseconds = ToNanoseconds(timeToLive > TimeSpan.Zero ? timeToLive : DefaultTimeToLive);
    }

    public static TimeSpan DefaultTimeToLive { get; } = TimeSpan.FromSeconds(300);

    /// <summary>How many are kept, the lapsed ones that nothing swept yet among them.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byText.Count;
            }
        }
    }

    public string NewPrefix() =>
        string.Create(
            PrefixLetters,
            _randomness,
            static (letters, randomness) =>
            {
                // Six bits a letter; the twelve values beyond the letters are thrown again, so that each is equally likely.
                ulong bits = 0;
                var left = 0;
                for (var written = 0; written < letters.Length; )
                {
                    if (left == 0)
                    {
                        bits = randomness.NextUInt64();
                        left = 10;
                    }

                    var value = (int)(bits & 63);
                    bits >>= 6;
                    left--;
                    if (value < Letters.Length)
                    {
                        letters[written++] = Letters[value];
                    }
                }
            }
        );

    public bool TryAssign(string user, ulong authRevision, string prefix, ulong index, out string token)
    {
        lock (_gate)
        {
            if (!_isEnabled)
            {
                token = "";
                return false;
            }

            token = string.Create(CultureInfo.InvariantCulture, $"{prefix}.{index - 1}");
            var now = _clock.MonotonicNanoseconds;
            Sweep(now);
            if (_byText.TryGetValue(token, out var former))
            {
                Remove(former);
            }

            while (_byText.Count >= _tokensMax)
            {
                Remove(_byLastUse.First!);
            }

            _byText.Add(token, _byLastUse.AddLast(new SimpleToken(token, user, now)));
            return true;
        }
    }

    public ulong? AppliedIndexFor(string token) =>
        !TryParseIndex(token, out var before) ? null
        : before == ulong.MaxValue ? before
        : before + 1;

    public Caller? Find(string token, ulong authRevision)
    {
        lock (_gate)
        {
            if (!_byText.TryGetValue(token, out var node))
            {
                return null;
            }

            var now = _clock.MonotonicNanoseconds;
            if (HasLapsed(node.Value, now))
            {
                Remove(node);
                return null;
            }

            node.Value.LastUsedNanoseconds = now;
            _byLastUse.Remove(node);
            _byLastUse.AddLast(node);
            return new Caller(node.Value.User, authRevision);
        }
    }

    public void Enable()
    {
        lock (_gate)
        {
            _isEnabled = true;
        }
    }

    public void Disable()
    {
        lock (_gate)
        {
            _isEnabled = false;
            _byText.Clear();
            _byLastUse.Clear();
        }
    }

    public void Forget(string user)
    {
        lock (_gate)
        {
            for (var node = _byLastUse.First; node is not null; )
            {
                var next = node.Next;
                if (string.Equals(node.Value.User, user, StringComparison.Ordinal))
                {
                    Remove(node);
                }

                node = next;
            }
        }
    }

    /// <summary>Letters, a dot, a number: anything else would make its sender wait for an index that means nothing.</summary>
    private static bool TryParseIndex([NotNullWhen(true)] string? token, out ulong index)
    {
        index = 0;
        var dot = token?.IndexOf('.') ?? -1;
        if (token is null || dot <= 0)
        {
            return false;
        }

        foreach (var letter in token.AsSpan(0, dot))
        {
            if (!char.IsAsciiLetter(letter))
            {
                return false;
            }
        }

        return ulong.TryParse(token.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private static long ToNanoseconds(TimeSpan time) =>
        time.Ticks > long.MaxValue / TimeSpan.NanosecondsPerTick ? long.MaxValue : time.Ticks * TimeSpan.NanosecondsPerTick;

    private bool HasLapsed(SimpleToken token, long now) => now - token.LastUsedNanoseconds > _timeToLiveNanoseconds;

    private void Sweep(long now)
    {
        for (var swept = 0; swept < SweptPerAssignmentMax; swept++)
        {
            if (_byLastUse.First is not { } first || !HasLapsed(first.Value, now))
            {
                return;
            }

            Remove(first);
        }
    }

    private void Remove(LinkedListNode<SimpleToken> node)
    {
        _byText.Remove(node.Value.Text);
        _byLastUse.Remove(node);
    }
}
