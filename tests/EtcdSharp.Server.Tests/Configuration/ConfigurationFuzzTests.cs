using System.Collections;
using System.Globalization;
using System.Text;
using EtcdSharp.Harness;
using EtcdSharp.Replica.Lease;
using EtcdSharp.Server.Configuration;

namespace EtcdSharp.Server.Tests.Configuration;

/// <summary>Flags, variables and configuration files with any contents: the member's options come of them, or a line that says what is wrong.</summary>
public sealed class ConfigurationFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const double DefaultSeconds = 1.5;

    private static readonly TimeSpan s_caseMax = TimeSpan.FromSeconds(10);

    // csharpier-ignore - a list of odd values reads best in few lines.
    private static readonly string[] s_values =
    [
        "", "0", "1", "-1", "true", "false", "null", "~", "5", "100", "1000", "65535", "2147483648", "4294967295",
        "9223372036854775807", "18446744073709551615", "99999999999999999999", "1e400", "1.5h", "1s", "0s", "-5m", "1ns",
        "2562047h47m16s", "99999999h", "http://127.0.0.1:2379", "http://localhost:2380,http://[::1]:1", "unix://a:1",
        "https://h:0", "a=http://127.0.0.1:1,b=http://127.0.0.1:2", "existing", "new", "3.5", "3.6", "revision", "periodic",
        "info", "stderr", "LeaseCheckpoint=true", "[a, b]", "{a: b}", "&x [*x]", "'", "\"", "!!binary aGk=", "|", "- - -", "%",
    ];

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("etcdsharp-fuzz-").FullName, "etcd.yaml");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void The_configuration_file() =>
        Fuzz(random =>
        {
            var text = File(random);
            var bytes = Encoding.UTF8.GetBytes(text);
            System.IO.File.WriteAllBytes(_file, random.Next(3) == 0 ? bytes : FileDamage.To(bytes, random));
            return ConfigurationReader.Read(["--config-file", _file], new Hashtable());
        });

    [Theory]
    [InlineData(20)]
    [InlineData(1_000_000)]
    public void A_file_that_nests_without_end_is_refused(int depth) =>
        AssertRefused("name: " + new string('[', depth) + "\n", "nested more than");

    // Found by the test above.
    [Theory]
    [InlineData("auth-token-ttl: {\nsocket-options:\n  reuse-port: new\n")]
    [InlineData("socket-options:\n  reuse-port: false\n: \nsnapshot-couc-keepalive-min-time: \0\0\0")]
    public void A_file_that_the_library_cannot_judge_is_refused(string text) => AssertRefused(text, "error parsing");

    // A list that holds itself ended the process here.
    [Theory]
    [InlineData("name: &x [*x]\n")]
    [InlineData("? &x [*x]\n: 1\n")]
    [InlineData("&x ? *x\n: 1\n")]
    public void A_list_that_holds_itself_is_refused(string text) => AssertRefused(text, "error parsing");

    [Fact]
    public void A_value_may_be_used_again()
    {
        System.IO.File.WriteAllText(_file, "name: &n m1\ndata-dir: *n\n");
        Assert.Equal("m1", ConfigurationReader.Read(["--config-file", _file], new Hashtable()).Options?.DataDirectory);
    }

    /// <summary>Written out, the last list would have a thousand million words.</summary>
    [Fact]
    public void Lists_of_lists_of_lists_are_not_written_out()
    {
        var text = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i <= 30; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        System.IO.File.WriteAllText(_file, text + "name: *a30\n");
        Assert.Contains(
            "*a0 stands for a list",
            ConfigurationReader.Read(["--config-file", _file], new Hashtable()).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Flags_and_variables() =>
        Fuzz(random =>
        {
            List<string> arguments = [];
            Hashtable environment = [];
            for (var count = random.Next(1, 5); count > 0; count--)
            {
                var (flag, value) = (Flag(random), Value(random));
                switch (random.Next(4))
                {
                    case 0:
                        environment[flag.EnvironmentName] = value;
                        break;
                    case 1:
                        arguments.AddRange(["--" + flag.Name, value]);
                        break;
                    case 2:
                        arguments.Add($"-{flag.Name}={value}");
                        break;
                    default:
                        arguments.Add(random.Next(20) == 0 ? value : $"--{flag.Name}={value}");
                        break;
                }
            }

            return ConfigurationReader.Read(arguments, environment);
        });

    private void Fuzz(
        Func<Random, ConfigurationReading> read,
        [System.Runtime.CompilerServices.CallerMemberName] string test = ""
    )
    {
        var (taken, refused) = (0L, 0L);
        foreach (var seed in FuzzRun.Seeds(DefaultSeconds, test: test))
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                var reading = read(new Random(seed));
                if (reading.Options is not null)
                {
                    taken++;
                }
                else if (reading.Request == ConfigurationRequest.Start)
                {
                    Assert.False(string.IsNullOrWhiteSpace(reading.Error));
                    refused++;
                }
            }
            catch (Exception unexpected)
            {
                throw new InvalidOperationException($"seed {seed}", unexpected);
            }

            var took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
            Assert.True(took < s_caseMax, $"seed {seed} took {took}");
        }

        output.WriteLine($"{taken} taken, {refused} refused");
        Assert.True(taken > 20 && refused > 20, $"{taken} taken, {refused} refused");
    }

    /// <summary>A file with some of the settings; nested ones are maps in it.</summary>
    private static string File(Random random)
    {
        var text = new StringBuilder(random.Next(8) == 0 ? "# comment\n---\n" : "");
        for (var count = random.Next(1, 7); count > 0; count--)
        {
            var flag = Flag(random);
            var value = random.Next(3) == 0 ? Value(random) : flag.Default;
            var key = flag.KeyInFile.Split('/');
            text.Append(key.Length == 2 ? $"{key[0]}:\n  {key[1]}: {value}\n" : $"{key[0]}: {value}\n");
        }

        return text.ToString();
    }

    private static FlagDefinition Flag(Random random) => FlagTable.Flags.All[random.Next(FlagTable.Flags.All.Count)];

    private static string Value(Random random)
    {
        var value = s_values[random.Next(s_values.Length)];
        return random.Next(6) == 0 ? Encoding.UTF8.GetString(FileDamage.To(Encoding.UTF8.GetBytes(value), random)) : value;
    }

    private void AssertRefused(string text, string words)
    {
        System.IO.File.WriteAllText(_file, text);
        Assert.Contains(
            words,
            ConfigurationReader.Read(["--config-file", _file], new Hashtable()).Error,
            StringComparison.Ordinal
        );
    }
}
