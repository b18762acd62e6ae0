using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// Runs a target over many made-up cases. Each is made from the seed and its number alone: <c>FUZZ_CASE</c> runs one of them,
/// <c>FUZZ_CASES</c> says how many there are over all targets, <c>FUZZ_SEED</c> names another seed.
/// </summary>
internal static class Fuzz
{
    private const int Targets = 8;
    private const int DefaultCases = 200_000;
    private const int DefaultSeed = 20260801;

    private static readonly TimeSpan HangTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Runs a target's share of the cases.</summary>
    /// <param name="make">Creates a case. Its allocations do not count.</param>
    /// <param name="run">Runs the case. An exception fails the test.</param>
    /// <param name="bound">The most bytes that a run may allocate.</param>
    public static void Run<T>(string target, Func<Mutator, T> make, Action<T> run, Func<T, long> bound)
    {
        var seed = (int)Read("FUZZ_SEED", DefaultSeed);
        var only = Read("FUZZ_CASE", -1);
        var (first, end) = only >= 0 ? (only, only + 1) : (0, (Read("FUZZ_CASES", DefaultCases) + Targets - 1) / Targets);
        var (current, seen) = (first, -1L);
        using var watch = new Timer(_ =>
        {
            var number = Interlocked.Read(ref current);
            if (number == Interlocked.Exchange(ref seen, number) && number < end)
            {
                Environment.FailFast($"{Name(target, seed, number)} does not end.");
            }
        });
        watch.Change(HangTimeout, HangTimeout);
        run(make(Create(target, seed, 0))); // The first run also allocates memory that does not belong to its case.
        while (current < end)
        {
            RunCase(Name(target, seed, current), make(Create(target, seed, current)), run, bound);
            Interlocked.Increment(ref current);
        }
    }

    /// <summary>Runs a target whose cases take as long as many of the others.</summary>
    /// <param name="share">How many.</param>
    /// <param name="run">Creates a case and runs it. An exception fails the test.</param>
    public static Task RunAsync(string target, int share, Func<Mutator, Task> run)
    {
        var seed = (int)Read("FUZZ_SEED", DefaultSeed);
        return RunNumbersAsync(target, share, number => Create(target, seed, number), run, static _ => "");
    }

    /// <summary>Runs such a target whose cases are made from their number.</summary>
    /// <param name="share">How many of the others take as long.</param>
    /// <param name="create">Creates the case of a number.</param>
    /// <param name="run">Runs the case. An exception fails the test.</param>
    /// <param name="describe">What the failed test also says about the case.</param>
    public static async Task RunNumbersAsync<T>(
        string target, int share, Func<int, T> create, Func<T, Task> run, Func<T, string> describe)
    {
        var only = (int)Read("FUZZ_CASE", -1);
        var (first, end) = only >= 0 ? (only, only + 1) : (0, (int)(Read("FUZZ_CASES", DefaultCases) / share));
        for (var number = first; number < end; number++)
        {
            var made = create(number);
            try
            {
                await run(made);
            }
            catch (Exception exception)
            {
                var name = Name(target, (int)Read("FUZZ_SEED", DefaultSeed), number);
                throw new InvalidOperationException($"{name} failed: {exception.Message}\n{describe(made)}", exception);
            }
        }
    }

    // A garbage collection empties array pools, which a case then fills again: bytes that belong to a case are allocated each time.
    private static void RunCase<T>(string name, T made, Action<T> run, Func<T, long> bound)
    {
        var allocated = Measure(name, made, run);
        for (var more = 0; more < 2 && allocated > bound(made); more++)
        {
            allocated = Math.Min(allocated, Measure(name, made, run));
        }

        Assert.True(allocated <= bound(made), $"{name} allocated {allocated} bytes; at most {bound(made)} are right.");
    }

    private static long Measure<T>(string name, T made, Action<T> run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            run(made);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{name} failed: {exception.Message}", exception);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Hashed, since seeds in a row give numbers that are alike.
    private static Mutator Create(string target, int seed, long number) =>
        new(new Random(
            (int)XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{target} {number}")), seed)));

    private static string Name(string target, int seed, long number) =>
        $"{target}, seed {seed}, case {number} (FUZZ_SEED={seed} FUZZ_CASE={number})";

    private static long Read(string variable, long otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
