using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EtcdSharp.Platform.Linux;

namespace EtcdSharp.Platform;

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
    /// <exception cref="PlatformNotSupportedException">libcrypt is not installed.</exception>
    public static byte[] Create(string password, int cost, IRandomness randomness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, CostMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost, CostMax);
        if (ProblemOf(password) is { } problem)
        {
            throw new ArgumentException(problem, nameof(password));
        }

        Span<byte> salt = stackalloc byte[SaltBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(salt, randomness.NextUInt64());
        BinaryPrimitives.WriteUInt64LittleEndian(salt[(SaltBytes / 2)..], randomness.NextUInt64());

        var hash = new byte[HashBytes];
        "$2a$"u8.CopyTo(hash);
        hash[CostStart] = (byte)('0' + (cost / 10));
        hash[CostStart + 1] = (byte)('0' + (cost % 10));
        hash[SaltStart - 1] = (byte)'$';
        EncodeSalt(salt, hash.AsSpan(SaltStart, DigestStart - SaltStart));
        return TryCompute(password, hash, hash.AsSpan(DigestStart))
            ? hash
            : throw new PlatformNotSupportedException(
                "passwords cannot be hashed: the installed libcrypt does not know bcrypt ($2b$)"
            );
    }

    /// <summary>
    /// Whether the hash is one of this password. Of a password longer than 72 bytes the first 72 count, as in etcd: older
    /// releases stored such hashes. A malformed hash and a password that could not have been hashed match nothing. Any thread.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">libcrypt is not installed.</exception>
    public static bool Matches(ReadOnlySpan<byte> hash, string password)
    {
        if (!IsWellFormed(hash))
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[HashBytes - DigestStart];
        return TryCompute(password, hash, digest) && CryptographicOperations.FixedTimeEquals(digest, hash[DigestStart..]);
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> hash) =>
        hash.Length == HashBytes
        && (hash.StartsWith("$2a$"u8) || hash.StartsWith("$2b$"u8) || hash.StartsWith("$2y$"u8))
        && hash[SaltStart - 1] == '$'
        && char.IsAsciiDigit((char)hash[CostStart])
        && char.IsAsciiDigit((char)hash[CostStart + 1])
        && ((hash[CostStart] - '0') * 10) + hash[CostStart + 1] - '0' is >= CostMin and <= CostMax
        && hash[SaltStart..].IndexOfAnyExcept(s_alphabet) < 0;

    /// <summary>The 31 last letters of the password's hash at the cost and salt of <paramref name="hash"/>.</summary>
    private static bool TryCompute(string password, ReadOnlySpan<byte> hash, Span<byte> digest)
    {
        // Cutting bytes may split a character, which is what etcd does.
        Span<byte> phrase = stackalloc byte[PasswordBytesMax + 1];
        var bytes = Array.Empty<byte>();
        try
        {
            bytes = s_utf8.GetBytes(password);
            var length = Math.Min(bytes.Length, PasswordBytesMax);
            if (bytes.AsSpan().Contains((byte)0))
            {
                return false;
            }

            bytes.AsSpan(0, length).CopyTo(phrase);
            phrase[length] = 0;

            // The variant b is the algorithm as it was meant; a and y are the same for the libraries that wrote these hashes.
            Span<byte> setting = stackalloc byte[DigestStart + 1];
            hash[..DigestStart].CopyTo(setting);
            setting[2] = (byte)'b';
            setting[DigestStart] = 0;

            Span<byte> output = stackalloc byte[Libcrypt.OutputBytesMax];
            if (Libcrypt.Compute(phrase[..(length + 1)], setting, output) != HashBytes)
            {
                return false;
            }

            output[DigestStart..HashBytes].CopyTo(digest);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(phrase);
        }
    }

    /// <summary>Six bits a letter, from the top; the last of the 22 letters carries two.</summary>
    private static void EncodeSalt(ReadOnlySpan<byte> salt, Span<byte> letters)
    {
        var pending = 0;
        var pendingBits = 0;
        var written = 0;
        foreach (var value in salt)
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
}
