/** The mark: a roster, three names deep. Decorative; the name of the company stands beside it. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#2c49c4" />
      <g fill="#fff">
        <circle cx="10" cy="10.5" r="2.6" />
        <rect x="15" y="8.9" width="10" height="3.2" rx="1.6" />
        <g opacity=".72">
          <circle cx="10" cy="17" r="2.6" />
          <rect x="15" y="15.4" width="7" height="3.2" rx="1.6" />
        </g>
        <g opacity=".45">
          <circle cx="10" cy="23.5" r="2.6" />
          <rect x="15" y="21.9" width="9" height="3.2" rx="1.6" />
        </g>
      </g>
    </svg>
  );
}
