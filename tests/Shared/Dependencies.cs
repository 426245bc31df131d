using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;

namespace MiCse.Tests;

/// <summary>Which namespaces of an assembly use which, read from the compiled code; parents and children are namespaces of their own.</summary>
internal sealed partial class Dependencies
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_opcodes = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(opcode => opcode.Value);

    private readonly Dictionary<string, Dictionary<string, SortedSet<string>>> _uses = [];

    /// <param name="assembly">The compiled code.</param>
    /// <param name="sources">Its source files: a constant is no longer a use once it is compiled.</param>
    public Dependencies(Assembly assembly, IEnumerable<string> sources)
    {
        Type[] types = [.. assembly.GetTypes().Where(IsOurs)];
        foreach (var type in types)
        {
            foreach (var used in UsedBy(type))
            {
                Add(type.Namespace!, Outermost(type).Name, used);
            }
        }

        AddConstants(types, sources);
    }

    /// <summary>Those of a project under src.</summary>
    public static Dependencies Of(string project) => new(Assembly.Load(project), Sources(project));

    /// <summary>The source files of a project under src.</summary>
    public static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Fixture.Repository, "src", project), "*.cs", SearchOption.AllDirectories);

    /// <summary>One line for every use that is part of a cycle.</summary>
    public IReadOnlyList<string> Cycles() =>
    [
        .. from user in _uses.Keys.Order(StringComparer.Ordinal)
           from used in _uses[user].Keys.Order(StringComparer.Ordinal)
           where Reaches(used, user)
           select $"{user} -> {used}: {string.Join(", ", _uses[user][used].Take(5))}",
    ];

    /// <summary>Code without comments; strings stay.</summary>
    public static string WithoutComments(string source) => Comment().Replace(source, match => match.Groups["text"].Value);

    private static bool IsOurs(Type type) => type.Namespace is { } name && (name == "MiCse" || name.StartsWith("MiCse.", StringComparison.Ordinal));

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private void Add(string user, string userType, Type used)
    {
        if (IsOurs(used) && used.Namespace != user)
        {
            var byUsed = _uses.TryGetValue(user, out var found) ? found : _uses[user] = [];
            var examples = byUsed.TryGetValue(used.Namespace!, out var known) ? known : byUsed[used.Namespace!] = new(StringComparer.Ordinal);
            examples.Add($"{userType} uses {Outermost(used).Name}");
        }
    }

    private void AddConstants(Type[] types, IEnumerable<string> sources)
    {
        var constants = types.SelectMany(type => type.GetFields(Everything)).Where(field => field.IsLiteral && !field.DeclaringType!.IsEnum)
            .ToLookup(field => $"{field.DeclaringType!.Name}.{field.Name}", field => field.DeclaringType!);
        foreach (var source in sources)
        {
            var code = WithoutComments(File.ReadAllText(source));
            var own = Namespace().Match(code).Groups["name"].Value;
            foreach (Match match in Member().Matches(code))
            {
                foreach (var type in constants[match.Value])
                {
                    Add(own, Path.GetFileNameWithoutExtension(source), type);
                }
            }
        }
    }

    private bool Reaches(string from, string to)
    {
        var seen = new HashSet<string> { from };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var name))
        {
            if (name == to)
            {
                return true;
            }

            foreach (var next in _uses.GetValueOrDefault(name)?.Keys ?? Enumerable.Empty<string>())
            {
                if (seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        return false;
    }

    private static IEnumerable<Type> UsedBy(Type type)
    {
        IEnumerable<Type?> direct =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()),
            .. type.GetCustomAttributesData().Select(attribute => attribute.AttributeType),
        ];
        return direct.OfType<Type>().Concat(type.GetMembers(Everything).SelectMany(SignatureOf))
            .Concat(type.GetMembers(Everything).OfType<MethodBase>().SelectMany(BodyOf)).SelectMany(Parts);
    }

    private static IEnumerable<Type> SignatureOf(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        MethodInfo method =>
        [
            method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Constrained) : [],
        ],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        _ => [],
    };

    private static IEnumerable<Type> Constrained(Type argument) => argument.IsGenericParameter ? argument.GetGenericParameterConstraints() : [argument];

    /// <summary>What a method's instructions name: types, and members with their types and signatures.</summary>
    private static IEnumerable<Type> BodyOf(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            yield break;
        }

        foreach (var type in body.LocalVariables.Select(local => local.LocalType)
            .Concat(body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType!)))
        {
            yield return type;
        }

        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            var member = method.Module.ResolveMember(
                token, method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
            if (member is Type type)
            {
                yield return type;
            }
            else if (member is { DeclaringType: { } declaring })
            {
                yield return declaring;
                foreach (var used in Parts(declaring).Any(IsOurs) ? SignatureOf(member) : member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                {
                    yield return used;
                }
            }
        }
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var position = 0; position < code.Length;)
        {
            short value = code[position++];
            if (value == 0xFE)
            {
                value = (short)(0xFE00 | code[position++]);
            }

            var operand = s_opcodes[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BitConverter.ToInt32(code, position);
            }

            position += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, position)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType && !type.IsGenericTypeDefinition ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];

    // Strings are matched so that a // in one is not taken for a comment.
    [GeneratedRegex("""(?<text>\"{3}[\s\S]*?\"{3}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')|//[^\n]*|/\*[\s\S]*?\*/""", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b[A-Z]\w*\.[A-Z]\w*\b", RegexOptions.CultureInvariant)]
    private static partial Regex Member();
}
