using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using EtcdSharp.Edge.Identity;
using EtcdSharp.Platform;
using EtcdSharp.Platform.Simulated;

namespace EtcdSharp.Server.Tests.Auth;

public sealed class PasswordHashTests(ITestOutputHelper output)
{
    private const int Cheap = 4;

    private static readonly string s_text72 = string.Concat(Enumerable.Repeat("0123456789", 7)) + "ab";

    /// <summary>Made by Go's bcrypt package, the one in etcd; the last but one has a salt with bits to spare, which Go passes over.</summary>
    public static TheoryData<string, string> HashesOfGo =>
        new()
        {
            { "", "$2a$04$SM4ocL5TTbkxZMlOhnbXJ.mqO3/Dej7ZV7SZCRIee75DGjZ2n898." },
            { "a", "$2a$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm" },
            { "root", "$2a$04$rhFJU31qdMoEOPyBQe9SGeR7P7Exx4FexJWHkWk0IE34k6xtF8Fq2" },
            { "pässwörd-€-😀", "$2a$04$69rw41.gzwpiGcGMOGHMHupQsyqGT2Ld2ITnVNZtW.2NQAeQrrZHG" },
            { new string('x', 71) + "y", "$2a$04$Ly27wZ8zfZ3ckwd9P3ru4eT7vBWmmleUJoT7PrxDauqI.g021/6NG" },
            { "etcd", "$2a$10$K4YYo/m/mGo236nY6AS56e/pSitqy9HXxhFIdiqwXk.LruA9N39Hq" },
            { "etcd", "$2a$05$RXafbjAq9W9tILPJ4WYtV/YUR4fBWTy.z2i9EdV9AX0fi1cUceqe6" },
            { s_text72, "$2a$04$OQcfko89p9zV69.1Eos6ReNP0Q18SUh7CwKVyZR36hRnu/qGqjty." },
        };

    [Theory]
    [MemberData(nameof(HashesOfGo))]
    public void A_hash_that_etcd_stored_matches_its_password_alone(string password, string hash)
    {
        Assert.True(Matches(hash, password));
        Assert.False(Matches(hash, "X" + password));
    }

    // Made by Perl's and Python's crypt.
    [Theory]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("u*u", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.h92LAkaCOt115bc/PjXc6hBluj8n37G")]
    public void The_three_names_of_the_algorithm_are_one(string password, string hash) => Assert.True(Matches(hash, password));

    // Made by Python's crypt with the salt encoded by Python.
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f", "$2a$06$..CA.uOD/eaGAOmJB.yMBuPNllfZqFcvhxRUs8AV9d0WmnnrM44Ce")]
    [InlineData("ffffffffffffffffffffffffffffffff", "$2a$06$999999999999999999999uH7sDZRG3A7REyxKmksl1EsFiA8oo9L2")]
    [InlineData("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "$2a$06$6NFw69Rz7td28dp59N189uh0v18AP3QcoQS1UhOujiUBG2oPVF63O")]
    public void A_new_hash_is_made_of_the_given_randomness(string salt, string expected)
    {
        var hash = PasswordHash.Create("correct horse", 6, new FixedBytes(Convert.FromHexString(salt)));

        Assert.Equal(expected, Encoding.ASCII.GetString(hash));
        Assert.True(PasswordHash.Matches(hash, "correct horse"));
    }

    [Fact]
    public void New_hashes_of_any_password_match_it_and_differ_from_each_other()
    {
        var random = new SeededRandom(7);
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var length = 0; length <= PasswordHash.PasswordBytesMax; length += 3)
        {
            var password = string.Concat(Enumerable.Range(0, length).Select(_ => (char)(1 + random.Next(127))));
            var hash = PasswordHash.Create(password, Cheap, random);
            Assert.Equal(60, hash.Length);
            Assert.StartsWith("$2a$04$", Encoding.ASCII.GetString(hash));
            Assert.True(PasswordHash.Matches(hash, password));
            Assert.False(PasswordHash.Matches(hash, password.Length == 0 ? "x" : password[..^1]));
            Assert.True(seen.Add(Encoding.ASCII.GetString(hash)));
        }
    }

    [Fact]
    public void Every_byte_of_the_hash_counts()
    {
        var hash = PasswordHash.Create("etcd", Cheap, SystemRandomness.Instance);

        // The version and the salt's two spare bits aside, nothing may change; the cost would take long to compute.
        for (var at = 7; at < hash.Length; at++)
        {
            var changed = hash.ToArray();
            changed[at] = changed[at] == (byte)'.' ? (byte)'u' : (byte)'.';
            if (at != 28)
            {
                Assert.False(PasswordHash.Matches(changed, "etcd"), $"byte {at}");
            }
        }
    }

    [Fact]
    public void Seventy_two_bytes_are_the_longest_password()
    {
        var hash = PasswordHash.Create(s_text72, Cheap, SystemRandomness.Instance);
        var error = Assert.Throws<ArgumentException>(() => PasswordHash.Create(s_text72 + "c", Cheap, SystemRandomness.Instance));

        Assert.Contains("bcrypt: password length exceeds 72 bytes", error.Message);
        Assert.Equal("bcrypt: password length exceeds 72 bytes", PasswordHash.ProblemOf(s_text72 + "c"));
        Assert.Null(PasswordHash.ProblemOf(s_text72));

        // 25 characters, 75 bytes: bytes count.
        Assert.NotNull(PasswordHash.ProblemOf(new string('€', 25)));
        Assert.Null(PasswordHash.ProblemOf(new string('€', 24)));
        Assert.True(PasswordHash.Matches(hash, s_text72));
    }

    // Go compares the first 72 bytes: releases before the limit stored hashes of longer passwords.
    [Theory]
    [InlineData("c")]
    [InlineData("tail")]
    public void Of_a_longer_password_the_first_72_bytes_are_compared(string tail)
    {
        const string hash = "$2a$04$OQcfko89p9zV69.1Eos6ReNP0Q18SUh7CwKVyZR36hRnu/qGqjty.";

        Assert.True(Matches(hash, s_text72 + tail));
        Assert.True(Matches(hash, s_text72 + new string('z', 10_000)));
        Assert.False(Matches(hash, s_text72[..^1] + tail));
        Assert.False(Matches(hash, "X" + s_text72 + tail));
    }

    // Made by Go of the first 72 bytes, of which the last is the first half of a character.
    [Fact]
    public void The_72nd_byte_may_be_half_a_character()
    {
        const string hash = "$2a$04$DPlrYtTLGyJ72tyAMJhpxeyIJk0x/52MVJO9xlDTvlh.nAFGCPjly";
        var text71 = new string('x', 71);

        Assert.True(Matches(hash, text71 + "é"));
        Assert.True(Matches(hash, text71 + "être"));
        Assert.False(Matches(hash, text71 + "€"));
        Assert.False(Matches(hash, text71));
        Assert.False(Matches(hash, text71 + "x"));
    }

    [Fact]
    public void A_password_with_a_NUL_is_refused_and_matches_nothing()
    {
        var ofPrefix = PasswordHash.Create("etcd", Cheap, SystemRandomness.Instance);

        Assert.Contains("NUL", PasswordHash.ProblemOf("etcd\0x"));
        Assert.Throws<ArgumentException>(() => PasswordHash.Create("etcd\0x", Cheap, SystemRandomness.Instance));
        Assert.False(PasswordHash.Matches(ofPrefix, "etcd\0x"));
        Assert.False(PasswordHash.Matches(ofPrefix, "etcd\0"));
        Assert.False(Matches("$2a$04$SM4ocL5TTbkxZMlOhnbXJ.mqO3/Dej7ZV7SZCRIee75DGjZ2n898.", "\0"));
    }

    [Fact]
    public void Half_a_character_is_refused_and_matches_nothing()
    {
        var replaced = PasswordHash.Create("\uFFFD", Cheap, SystemRandomness.Instance);

        Assert.NotNull(PasswordHash.ProblemOf("\uD800"));
        Assert.Throws<ArgumentException>(() => PasswordHash.Create("\uD800", Cheap, SystemRandomness.Instance));
        Assert.False(PasswordHash.Matches(replaced, "\uD800"));
        Assert.True(PasswordHash.Matches(replaced, "\uFFFD"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$2a$04$")]
    [InlineData("$2a$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vc")]
    [InlineData("$2a$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcmm")]
    [InlineData("$2x$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$3a$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("%2a$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$2a$03$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$2a$32$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$2a$+4$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$2a$04xMVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$2a$04$MVYk94AHrMJr:aIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("$2a$04$MVYk94AHrMJr\0aIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm")]
    [InlineData("*0")]
    [InlineData("$1$abcdefgh$G4PS9m3Ep2gVMo1CYfVUe/")]
    [InlineData("$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/")]
    public void A_malformed_hash_matches_nothing(string hash)
    {
        Assert.False(Matches(hash, "a"));
        Assert.False(Matches(hash, ""));
    }

    [Fact]
    public void Any_bytes_as_a_hash_are_an_answer()
    {
        var random = new SeededRandom(11);
        for (var round = 0; round < 2000; round++)
        {
            var hash = Encoding.ASCII.GetBytes("$2a$04$MVYk94AHrMJrCaIrLYeuvON0ksVLUoCRnITdyiclZMR/z9FLk2vcm");
            for (var change = random.Next(4); change >= 0; change--)
            {
                // Not the cost: a valid one may take hours.
                var at = random.Next(hash.Length);
                hash[at] = at is 4 or 5 ? (byte)'x' : (byte)random.Next(256);
            }

            PasswordHash.Matches(hash.AsSpan(0, random.Next(8) == 0 ? random.Next(hash.Length) : hash.Length), "b");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void The_cost_has_bounds(int cost) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PasswordHash.Create("etcd", cost, SystemRandomness.Instance));

    [Fact]
    public void Threads_do_not_disturb_each_other() =>
        Parallel.For(
            0,
            200,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            number =>
            {
                var hash = PasswordHash.Create($"password {number}", Cheap, SystemRandomness.Instance);
                Assert.True(PasswordHash.Matches(hash, $"password {number}"));
                Assert.False(PasswordHash.Matches(hash, $"password {number + 1}"));
            }
        );

    [Fact]
    public void The_usual_cost_is_felt()
    {
        var started = Stopwatch.GetTimestamp();
        var hash = PasswordHash.Create("etcd", 10, SystemRandomness.Instance);
        var took = Stopwatch.GetElapsedTime(started);

        output.WriteLine($"a hash of cost 10 took {took.TotalMilliseconds:0.0} ms");
        Assert.True(took > TimeSpan.FromMilliseconds(2), $"{took}: 1024 rounds cannot be that fast");
        Assert.True(PasswordHash.Matches(hash, "etcd"));
    }

    private static bool Matches(string hash, string password) => PasswordHash.Matches(Encoding.Latin1.GetBytes(hash), password);

    private sealed class FixedBytes(byte[] bytes) : IRandomness
    {
        private int _position;

        public ulong NextUInt64()
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(_position));
            _position += sizeof(ulong);
            return value;
        }
    }
}
