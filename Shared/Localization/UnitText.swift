/// How people write units of measurement: the same in every language. The console has the same table in `shared/localization/units.ts`; a test compares them.
public enum UnitText {
    static let written = [
        "Cel": "°C",
        "[degF]": "°F",
        "deg": "°",
        "W/m2": "W/m²",
        "kW.h": "kWh",
        "MW.h": "MWh",
        "W.h": "Wh",
        "m3/h": "m³/h",
        "{rpm}": "rpm",
        "/min": "1/min",
        "Ohm": "Ω",
        "1": "",
    ]

    /// A unit of a sensor: `Cel` as `°C`.
    ///
    /// - Parameter code: A UCUM code, <https://ucum.org>. One that is not in the table is written as it is, without its brackets.
    public static func of(_ code: String) -> String {
        written[code] ?? String(code.filter { !"{}[]".contains($0) })
    }

    /// A figure with its unit: `61.2 °C`.
    public static func measured(_ figure: String, _ code: String) -> String {
        let unit = of(code)
        return unit.isEmpty ? figure : "\(figure) \(unit)"
    }
}
