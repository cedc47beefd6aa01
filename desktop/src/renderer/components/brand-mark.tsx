/** Our sign: a cell with a spark in it. */
export function BrandMark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--mantine-color-accent-6)" />
      <path
        d="M16 5.5 25 10.7v10.6L16 26.5 7 21.3V10.7Z"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinejoin="round"
      />
      <path d="m17.4 10.2-5 7h3.4l-1.2 4.6 5-7h-3.4Z" fill="#fff" />
    </svg>
  );
}
