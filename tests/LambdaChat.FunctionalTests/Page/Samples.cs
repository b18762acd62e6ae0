namespace LambdaChat.FunctionalTests.Page;

/// <summary>Replies of a model for the screenshots.</summary>
internal static class Samples
{
    public const string Answer = """
        **9.8 is greater than 9.11.** Write both with two decimals:

        | number | tenths | hundredths |
        |---|---:|---:|
        | 9.80 | 8 | 0 |
        | 9.11 | 1 | 1 |

        1. The whole parts are equal, so look at the tenths.
        2. `8 > 1`, and what comes after it cannot make up for that: $0.8 = 0.80 > 0.11$.

        ```python
        print(9.8 > 9.11)  # True
        ```

        > Version numbers are another matter: there 9.11 comes after 9.8.
        """;

    public const string Reasoning =
        "The user asks which of 9.11 and 9.8 is greater. The whole parts are the same. 0.8 is 0.80, and 80 hundredths are more than 11.";

    public const string Content = """
        The roots of $ax^2 + bx + c = 0$ are

        $$
        x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
        $$

        1. **First**, with a sum:

           \[ \sum_{k=1}^{n} k = \frac{n(n+1)}{2} \]

           - nested, *loose*

           - and [linked](https://example.com)
        2. $$\begin{aligned} f(x) &= \int_0^x e^{-t^2}\,dt \\ g(x) &= \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases} \end{aligned}$$
        3. ~~Struck~~, `code`, a footnote[^1]

        | symbol | meaning |
        |---|:-:|
        | \(\alpha\) | angle |
        | $\mathbb{R}$ | real numbers |

        - [x] done
        - [ ] open

        ```csharp
        // Adds two numbers.
        internal static int Add(int a, int b) => a + b + 0x10; // "c"
        var text = $"{name} and \"quotes\"";
        ```

        [^1]: A footnote with **bold** text.
        """;
}
