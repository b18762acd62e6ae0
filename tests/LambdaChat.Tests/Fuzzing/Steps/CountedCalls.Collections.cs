namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>Calls whose work grows with a collection, or with the text of a key.</summary>
public static partial class CountedCalls
{
    public static bool Add<T>(HashSet<T> set, T value)
    {
        StepCounter.Add(LengthOf(value));
        return set.Add(value);
    }

    public static bool Contains<T>(HashSet<T> set, T value)
    {
        StepCounter.Add(LengthOf(value));
        return set.Contains(value);
    }

    public static void UnionWith<T>(HashSet<T> set, IEnumerable<T> values)
    {
        var all = values.ToList();
        StepCounter.Add(all.Sum(LengthOf));
        set.UnionWith(all);
    }

    /// <summary>Clears the whole capacity.</summary>
    public static void Clear<T>(HashSet<T> set)
    {
        StepCounter.Add(set.Count == 0 ? 1 : set.Capacity);
        set.Clear();
    }

    /// <summary>Clears the whole capacity.</summary>
    public static void Clear<TKey, TValue>(Dictionary<TKey, TValue> dictionary)
        where TKey : notnull
    {
        StepCounter.Add(dictionary.Count == 0 ? 1 : dictionary.Capacity);
        dictionary.Clear();
    }

    public static bool TryGetValue<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key, out TValue? value)
        where TKey : notnull
    {
        StepCounter.Add(LengthOf(key));
        return dictionary.TryGetValue(key, out value);
    }

    public static void set_Item<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key, TValue value)
        where TKey : notnull
    {
        StepCounter.Add(LengthOf(key));
        dictionary[key] = value;
    }

    public static bool ContainsKey<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key)
        where TKey : notnull
    {
        StepCounter.Add(LengthOf(key));
        return dictionary.ContainsKey(key);
    }

    public static bool Remove<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key)
        where TKey : notnull
    {
        StepCounter.Add(LengthOf(key));
        return dictionary.Remove(key);
    }

    public static bool TryAdd<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key, TValue value)
        where TKey : notnull
    {
        StepCounter.Add(LengthOf(key));
        return dictionary.TryAdd(key, value);
    }

    public static TValue? GetValueOrDefault<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> dictionary, TKey key)
    {
        StepCounter.Add(LengthOf(key));
        return dictionary.GetValueOrDefault(key);
    }

    public static TValue GetValueOrDefault<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> dictionary, TKey key, TValue value)
    {
        StepCounter.Add(LengthOf(key));
        return dictionary.GetValueOrDefault(key, value);
    }

    public static bool Contains<T>(List<T> list, T value)
    {
        StepCounter.Add(list.Count);
        return list.Contains(value);
    }

    public static void Clear<T>(List<T> list)
    {
        StepCounter.Add(list.Count);
        list.Clear();
    }

    public static void AddRange<T>(List<T> list, IEnumerable<T> values)
    {
        var before = list.Count;
        list.AddRange(values);
        StepCounter.Add(list.Count - before);
    }

    public static T[] ToArray<T>(IEnumerable<T> values)
    {
        var array = values.ToArray();
        StepCounter.Add(array.Length);
        return array;
    }

    public static List<T> ToList<T>(IEnumerable<T> values)
    {
        var list = values.ToList();
        StepCounter.Add(list.Count);
        return list;
    }

    public static void Resize<T>(ref T[] array, int length)
    {
        StepCounter.Add(array.Length);
        Array.Resize(ref array, length);
    }

    // The hash and the comparison of a key.
    private static int LengthOf<T>(T key) => key is string text ? text.Length : 1;
}
