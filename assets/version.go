package assets

// Version is Lifeboat's version, as packages, --version, the report and a
// backup's proof name it. FyneApp.toml, the changelog and the packages must say
// the same, which TestVersion in cmd holds.
const Version = "0.1.0"
