/// The object ids of the types that we use (`pg_type.dat` of PostgreSQL).
enum TypeID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let unknown: UInt32 = 705
    static let char: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let timestamptz: UInt32 = 1184
    static let numeric: UInt32 = 1700
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802

    /// Types of databases' own (enumerations, for example) begin here.
    static let firstOfUsers: UInt32 = 16_384

    /// Types whose binary form is text.
    static let texts: Set = [text, varchar, char, name, unknown, json, jsonb]

    /// The array types, by their elements'.
    static let arrays: [UInt32: UInt32] = [
        bool: 1000, bytea: 1001, name: 1003, int2: 1005, int4: 1007, text: 1009, char: 1014, varchar: 1015, int8: 1016,
        float4: 1021, float8: 1022, timestamptz: 1185, numeric: 1231, uuid: 2951, json: 199, jsonb: 3807,
    ]
}
