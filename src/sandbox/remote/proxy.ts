// The proxy settings of this machine, handed on only to sandboxes that may use the network.

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** Upper and lower case, as they are set here; programs differ in which they read. */
export function proxyVariables(): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
