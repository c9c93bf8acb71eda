using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EtcdSharp.Platform;
using Org.BouncyCastle.Crypto.Generators;

namespace EtcdSharp.Edge.Identity;

/// <summary>
/// The hashes of passwords that etcd stores: bcrypt, written as <c>$2a$10$</c>, 22 characters of salt and 31 of hash.
/// One computation takes tens of milliseconds at the usual cost of 10, twice that for each cost more; it belongs on no loop.
/// </summary>
internal static class PasswordHash
{
    public const int CostMin = 4;
    public const int CostMax = 31;

    /// <summary>bcrypt mixes in 18 words of a password and no more.</summary>
    public const int PasswordBytesMax = 72;

    private const int HashBytes = 60;
    private const int SaltBytes = 16;
    private const int CostStart = 4;
    private const int SaltStart = 7;
    private const int DigestStart = 29;

    /// <summary>Of the 24 bytes that bcrypt computes, one is not stored: the first implementation forgot it.</summary>
    private const int DigestBytes = 23;

    /// <summary>The letters that stand for 0 to 63; bcrypt has an order of its own.</summary>
    private static readonly byte[] s_alphabet = [.. "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8];

    /// <summary>A surrogate without its other half is no text: two different ones must not become the same bytes.</summary>
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What forbids to hash this password, as etcd says it where etcd does; null when nothing does.</summary>
    public static string? ProblemOf(string password)
    {
        if (password.Contains('\0'))
        {
            return "bcrypt: password contains a NUL character";
        }

        try
        {
            return s_utf8.GetByteCount(password) > PasswordBytesMax ? "bcrypt: password length exceeds 72 bytes" : null;
        }
        catch (EncoderFallbackException)
        {
            return "bcrypt: password is not valid Unicode text";
        }
    }

    /// <summary>A new hash of the password, 60 bytes of ASCII. Any thread.</summary>
    /// <exception cref="ArgumentException">The password has a <see cref="ProblemOf">problem</see>; ask first.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The cost is not between 4 and 31.</exception>
    public static byte[] Create(string password, int cost, IRandomness randomness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, CostMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost, CostMax);
        if (ProblemOf(password) is { } problem)
        {
            throw new ArgumentException(problem, nameof(password));
        }

        var salt = new byte[SaltBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(salt, randomness.NextUInt64());
        BinaryPrimitives.WriteUInt64LittleEndian(salt.AsSpan(SaltBytes / 2), randomness.NextUInt64());

        var hash = new byte[HashBytes];
        "$2a$"u8.CopyTo(hash);
        hash[CostStart] = (byte)('0' + (cost / 10));
        hash[CostStart + 1] = (byte)('0' + (cost % 10));
        hash[SaltStart - 1] = (byte)'$';
        Encode(salt, hash.AsSpan(SaltStart, DigestStart - SaltStart));
        ComputeDigest(s_utf8.GetBytes(password), salt, cost, hash.AsSpan(DigestStart));
        return hash;
    }

    /// <summary>
    /// Whether the hash is one of this password. Of a password longer than 72 bytes the first 72 count, as in etcd: older
    /// releases stored such hashes. A malformed hash and a password that could not have been hashed match nothing. Any thread.
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> hash, string password)
    {
        if (!IsWellFormed(hash) || password.Contains('\0') || Utf8Of(password) is not { } phrase)
        {
            return false;
        }

        var salt = new byte[SaltBytes];
        Decode(hash[SaltStart..DigestStart], salt);
        Span<byte> digest = stackalloc byte[HashBytes - DigestStart];
        ComputeDigest(phrase, salt, CostOf(hash), digest);
        return CryptographicOperations.FixedTimeEquals(digest, hash[DigestStart..]);
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> hash) =>
        hash.Length == HashBytes
        && (hash.StartsWith("$2a$"u8) || hash.StartsWith("$2b$"u8) || hash.StartsWith("$2y$"u8))
        && hash[SaltStart - 1] == '$'
        && char.IsAsciiDigit((char)hash[CostStart])
        && char.IsAsciiDigit((char)hash[CostStart + 1])
        && CostOf(hash) is >= CostMin and <= CostMax
        && hash[SaltStart..].IndexOfAnyExcept(s_alphabet) < 0;

    private static int CostOf(ReadOnlySpan<byte> hash) => ((hash[CostStart] - '0') * 10) + hash[CostStart + 1] - '0';

    /// <summary>Null for what is no text.</summary>
    private static byte[]? Utf8Of(string password)
    {
        try
        {
            return s_utf8.GetBytes(password);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The 31 last letters of a hash. The password's bytes are erased.</summary>
    private static void ComputeDigest(byte[] password, byte[] salt, int cost, Span<byte> letters)
    {
        // Cutting bytes may split a character, which is what etcd does.
        var phrase = password.AsSpan(0, Math.Min(password.Length, PasswordBytesMax)).ToArray();
        try
        {
            // The NUL keeps "ab" and "abab" apart; the library leaves it out where the password fills all the words.
            var digest = BCrypt.Generate(phrase, salt, cost, addTerminator: true);
            Encode(digest.AsSpan(0, DigestBytes), letters);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Six bits a letter, from the top; the last letter carries what is left, with zeros behind.</summary>
    private static void Encode(ReadOnlySpan<byte> bytes, Span<byte> letters)
    {
        var pending = 0;
        var pendingBits = 0;
        var written = 0;
        foreach (var value in bytes)
        {
            pending = (pending << 8) | value;
            pendingBits += 8;
            while (pendingBits >= 6)
            {
                pendingBits -= 6;
                letters[written++] = s_alphabet[(pending >> pendingBits) & 63];
            }
        }

        letters[written] = s_alphabet[(pending << (6 - pendingBits)) & 63];
    }

    /// <summary>As many bytes as there is room for; bits left over in the last letter are passed over, as Go does.</summary>
    private static void Decode(ReadOnlySpan<byte> letters, Span<byte> bytes)
    {
        var pending = 0;
        var pendingBits = 0;
        var written = 0;
        foreach (var letter in letters)
        {
            pending = (pending << 6) | Array.IndexOf(s_alphabet, letter);
            pendingBits += 6;
            if (pendingBits >= 8)
            {
                pendingBits -= 8;
                bytes[written++] = (byte)(pending >> pendingBits);
            }
        }
    }
}
